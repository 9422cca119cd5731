import { type EngineConnection } from '../engine/connection.js';
import { type ContainerSummary, listContainers } from '../engine/containers.js';
import { type ImageDetails } from '../engine/images.js';
import { identify } from '../engine/system.js';
import { asFailure, Failure } from '../host/failure.js';
import { type Work } from '../host/progress.js';
import { awaitCondition, endedFailure, hasFailed, watchForEnd } from './await-condition.js';
import { Convergence, type Surroundings } from './convergence.js';
import { madeElsewhere, otherApplication } from './elsewhere.js';
import { apiMinor, requireApi } from './engine-needs.js';
import { ensureImage, type ImageHost } from './ensure-images.js';
import { type ComposeProject, type Dependency, type Service } from './model.js';
import { observe, projectContainers } from './observed.js';
import { firstFailure, type Outcome, type ServiceResult, withOutcomes } from './outcome.js';
import { provideNetworks, provideVolumes, requireExternals } from './resources.js';
import { inOrder, needsOf, selectedServices } from './service-order.js';

export interface UpOptions {
  /** With all that they need; all where undefined or empty. */
  services?: readonly string[] | undefined;
  /** Whether images are built again although they are there. */
  build?: boolean | undefined;
  /** Whether services may have all rights on the engine's host. */
  allowPrivileged: boolean;
}

/** How long a service that has just started is watched for an end with an error, in milliseconds. */
const watchedFor = 1500;

/**
 * Brings an application to what its files say: images, networks and volumes that are missing, and containers that are missing
 * or say something else than they did. What has not changed is left alone, and a second call goes on where a first one was
 * interrupted. Services are started when those that they depend on are as they need them, others at the same time.
 *
 * Rejects with the first failure; its output then says what became of each service: what was begun for the others is brought to its
 * end. Reasons besides those of images and containers: `invalid-argument` where no service is active, `privileged-not-allowed`,
 * `engine-too-old`, `network-not-found`, `volume-not-found`, `folder-not-shared`, `service-failed`, `port-in-use`, `name-in-use` also
 * where the containers of that name are another folder's, `cancelled`.
 */
export async function composeUp(
  connection: EngineConnection,
  project: ComposeProject,
  options: UpOptions,
  host: ImageHost,
  work: Work,
): Promise<ServiceResult[]> {
  const services = inOrder(selectedServices(project, options.services));
  if (services.length === 0) throw nothingActive(project);
  const privileged = services.find((service) => service.privileged);
  if (privileged !== undefined && !options.allowPrivileged) {
    throw new Failure(
      'privileged-not-allowed',
      `The service “${privileged.name}” asks for all rights on the engine’s host (privileged: true).`,
      'Allow it when you are asked, or remove the line.',
    );
  }
  const severalNetworks = await takesNetworks(connection, services, work.signal);
  await requireExternals(connection, project, work.signal);
  await requireOwn(connection, project, services, work.signal);
  const images = new Map<string, ImageDetails>();
  for (const service of services) {
    const build = options.build === true && service.build !== undefined;
    images.set(service.name, await ensureImage(connection, project, service, host, named(service, work), build));
  }
  work.onProgress({ message: 'Looking at what is there' });
  const observed = await observe(connection, project.name, work.signal);
  const networks = await provideNetworks(connection, project, services, observed, work);
  await provideVolumes(connection, project, work);
  const surroundings = { project, services, observed, images, networks, takesNetworks: severalNetworks };
  return new Up(connection, surroundings, work).bring(services);
}

function nothingActive({ inactive }: ComposeProject): Failure {
  const profiles = [...new Set(inactive.flatMap((service) => service.profiles))];
  return new Failure(
    'invalid-argument',
    inactive.length === 0
      ? 'There is no service to start.'
      : 'No service is active: all of them have profiles, and none of these is.',
    profiles.length === 0
      ? 'Describe one under “services:”.'
      : `Start a service by its name (“Up” over its line), or name profiles in COMPOSE_PROFILES, in “.env” for instance: ${profiles.join(', ')}.`,
  );
}

/** Rejects `name-in-use` where containers of these services are another folder's. */
async function requireOwn(
  connection: EngineConnection,
  project: ComposeProject,
  services: readonly Service[],
  signal: AbortSignal,
): Promise<void> {
  const containers = projectContainers(await listContainers(connection, signal), project.name);
  const meant = containers.filter(
    ({ service, isOneOff }) => !isOneOff && services.some(({ name }) => name === service),
  );
  const elsewhere = await madeElsewhere(project, meant);
  if (elsewhere === undefined) return;
  throw otherApplication(
    project.name,
    elsewhere,
    'They would be replaced. Give this one a name of its own (“name:” at the top of its file, or COMPOSE_PROJECT_NAME in “.env”), or take the other one down first.',
  );
}

/** Messages that name the service. */
function named({ name }: Service, { signal, onProgress }: Work): Work {
  return {
    signal,
    onProgress: (report) => {
      onProgress({ ...report, message: `${name}: ${report.message}` });
    },
  };
}

/** Whether a container can be made in several networks at once. Rejects `engine-too-old` where the engine would pass over something. */
async function takesNetworks(
  connection: EngineConnection,
  services: readonly Service[],
  signal: AbortSignal,
): Promise<boolean> {
  const identity = await identify(connection, signal);
  requireApi(services, apiMinor(identity));
  return identity.product !== 'Podman' && apiMinor(identity) >= 44;
}

class Up {
  private readonly outcomes = new Map<string, Outcome>();
  private readonly convergence: Convergence;
  private readonly failed = new AbortController();
  private readonly signal: AbortSignal;

  constructor(
    private readonly connection: EngineConnection,
    surroundings: Surroundings,
    private readonly work: Work,
  ) {
    this.signal = AbortSignal.any([work.signal, this.failed.signal]);
    // Where one fails, the others are not left between two containers.
    this.convergence = new Convergence(connection, surroundings, work);
  }

  /** @param services with all that they depend on before them */
  async bring(services: readonly Service[]): Promise<ServiceResult[]> {
    const running = new Map<string, Promise<void>>();
    for (const service of services) {
      this.outcomes.set(service.name, { kind: 'waiting' });
      running.set(service.name, this.bringOne(service, running));
    }
    await Promise.all(running.values());
    const results = [...this.outcomes.values()].flatMap((outcome) => (outcome.kind === 'done' ? [outcome.result] : []));
    if (this.failed.signal.aborted || this.work.signal.aborted) throw firstFailure(this.outcomes);
    await this.watch(results).catch((error: unknown) => {
      if (this.work.signal.aborted) throw firstFailure(this.outcomes);
      throw withOutcomes(asFailure(error, 'Watching the services start'), this.outcomes);
    });
    return results;
  }

  private async bringOne(service: Service, running: ReadonlyMap<string, Promise<void>>): Promise<void> {
    try {
      // Each of them waits for those that it needs itself.
      await Promise.all(needsOf(service).flatMap((name) => running.get(name) ?? []));
      this.signal.throwIfAborted();
      await this.awaitDependencies(service);
      const result = await this.convergence.converge(service);
      this.outcomes.set(service.name, { kind: 'done', result });
    } catch (error) {
      const failure = asFailure(error, `Starting “${service.name}”`);
      if (this.signal.aborted && (this.work.signal.aborted || failure.reason === 'cancelled')) return;
      this.outcomes.set(service.name, { kind: 'failed', failure });
      this.failed.abort();
    }
  }

  private async awaitDependencies(service: Service): Promise<void> {
    await Promise.all(service.dependsOn.map((dependency) => this.awaitDependency(service, dependency)));
  }

  private async awaitDependency(
    { name: dependent }: Service,
    { service: name, condition, required }: Dependency,
  ): Promise<void> {
    const containers = this.convergence.containersOf(name);
    if (condition === 'service_started' || containers.length === 0) return;
    const waited = condition === 'service_healthy' ? 'healthy' : 'done';
    const waiting = `${dependent}: waiting until ${name} is ${waited}`;
    this.work.onProgress({ message: waiting });
    const onAgain = ({ exitCode }: ContainerSummary): void => {
      this.work.onProgress({ message: `${waiting}; it ended with exit code ${exitCode ?? '?'} and is started again` });
    };
    try {
      await awaitCondition(this.connection, name, containers, condition, onAgain, this.signal);
    } catch (error) {
      if (required || this.signal.aborted) throw error;
      const { message } = asFailure(error, `Waiting for “${name}”`);
      this.work.onProgress({
        message: `${dependent}: going on without ${name}`,
        output: `${dependent} goes on without ${name}, which it does not require: ${message}`,
      });
    }
  }

  /** A service that ends at once was not brought up. */
  private async watch(results: readonly ServiceResult[]): Promise<void> {
    const fresh = results.filter(({ change }) => change !== 'unchanged').flatMap(({ containers }) => containers);
    if (fresh.length === 0) return;
    this.work.onProgress({ message: 'Watching the services start' });
    const ended = await watchForEnd(this.connection, fresh, watchedFor, this.work.signal);
    if (ended === undefined || !hasFailed(ended)) return;
    const name = results.find(({ containers }) => containers.includes(ended.id))?.name ?? ended.name;
    const failure = await endedFailure(this.connection, name, ended, this.work.signal);
    this.outcomes.set(name, { kind: 'failed', failure });
    throw failure;
  }
}
