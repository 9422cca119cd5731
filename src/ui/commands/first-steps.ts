import { projectOfRun, performRun } from '../runs/perform-run.js';
import { type Services } from '../services.js';
import { type ViewCommand } from '../view-command.js';
import { isThere } from './run-image.js';

/** The first steps with containers: each runs at once what the documentation of Docker begins with. */
function firstStep(image: string, command: readonly string[] | undefined, interactive: boolean): ViewCommand {
  return async (_selection, services: Services) => {
    if (!(await isThere(image, services))) return;
    const request = { image, command, interactive, keep: true };
    await performRun(request, projectOfRun(undefined, services), services);
  };
}

/** `docker run hello-world` */
export const firstStepHelloCommand = firstStep('hello-world', undefined, false);

/** `docker run busybox echo "hello from busybox"` */
export const firstStepEchoCommand = firstStep('busybox', ['echo', 'hello from busybox'], false);

/** `docker run -it busybox sh` */
export const firstStepShellCommand = firstStep('busybox', ['sh'], true);
