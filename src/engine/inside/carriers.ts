import * as v from 'valibot';
import { Failure } from '../../host/failure.js';
import { type Log } from '../../host/log.js';
import { readAnswer } from '../answer.js';
import { type EngineConnection } from '../connection.js';
import { listContainers } from '../containers.js';
import { dropEmptyImage, type EmptyImage, makeEmptyImage } from '../empty-image.js';
import { findVolume } from '../volumes.js';
import {
  hasShellFile,
  type Helper,
  makeHelper,
  makeStillHelper,
  removeHelper,
  volumeFolder,
} from './helper-container.js';
import { type Place } from './place.js';
import { makeShellHelper } from './shell-images.js';

/** A container that a place is looked into, and changed, through. */
export interface Carrier {
  container: string;
  /** The folder in it that the place's root is; empty for all of it. */
  root: string;
  hasShell: boolean;
}

/** One that is there for one content only. */
export interface ContentCarrier extends Carrier {
  close: () => Promise<void>;
}

export type Purpose = 'look' | 'change';

/** The containers that a place is looked into through, found or made as they are needed. */
export interface Carriers {
  get(purpose: Purpose): Promise<Carrier>;
  /**
   * One for a large content, to be closed: an engine does nothing else with a container that it sends files of. A container that is
   * looked into itself has to wait, as with `docker cp`.
   */
  openForContent(): Promise<ContentCarrier>;
  /** After it was found not to run, or not to be there any more. */
  forget(carrier: Carrier): Promise<void>;
  dispose(): Promise<void>;
}

/** What is needed to find or make carriers. */
interface Means {
  connection: EngineConnection;
  log: Log;
  /** `none` for doing without any shell, also where there is one. */
  shells: 'any' | 'none';
  /** Until when they are needed; a call that is cancelled does not end what others wait for, too. */
  signal: AbortSignal;
}

export function carriersOf(place: Place, means: Means): Carriers {
  switch (place.kind) {
    case 'container':
      return new ContainerItself(place.id, means);
    case 'image':
      return new HelperOfImage(place.reference, means);
    case 'volume':
      return new VolumeCarriers(place.name, means);
  }
}

const inspectAnswer = v.object({
  State: v.object({ Status: v.string() }),
  HostConfig: v.object({
    Mounts: v.nullish(
      v.array(
        v.object({ Target: v.string(), VolumeOptions: v.nullish(v.object({ Subpath: v.optional(v.string(), '') })) }),
      ),
      [],
    ),
  }),
});

async function inspect(
  connection: EngineConnection,
  container: string,
  signal: AbortSignal,
): Promise<v.InferOutput<typeof inspectAnswer>> {
  const path = `/containers/${container}/json`;
  return readAnswer(inspectAnswer, await connection.request({ method: 'GET', path, signal }));
}

class ContainerItself implements Carriers {
  private hasShellFile: boolean | undefined;

  constructor(
    private readonly container: string,
    private readonly means: Means,
  ) {}

  /** It may be started and stopped at any time. */
  async get(): Promise<Carrier> {
    const { container } = this;
    const { connection, shells, signal } = this.means;
    const { State: state } = await inspect(connection, container, signal);
    const hasShell =
      shells === 'any' &&
      state.Status === 'running' &&
      (this.hasShellFile ??= await hasShellFile(connection, container, signal));
    return { container, root: '', hasShell };
  }

  async openForContent(): Promise<ContentCarrier> {
    return { ...(await this.get()), close: () => Promise.resolve() };
  }

  forget(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

class HelperOfImage implements Carriers {
  private helper: Promise<Helper> | undefined;
  private readonly forContent = new Map<string, () => Promise<void>>();

  constructor(
    private readonly reference: string,
    private readonly means: Means,
  ) {}

  async get(): Promise<Carrier> {
    const { connection, signal } = this.means;
    this.helper ??= makeHelper(connection, { image: this.reference }, signal);
    try {
      const { container, hasShell } = await this.helper;
      return { container, root: '', hasShell: hasShell && this.means.shells === 'any' };
    } catch (error) {
      this.helper = undefined;
      throw error;
    }
  }

  async openForContent(): Promise<ContentCarrier> {
    const { connection, log, signal } = this.means;
    const { container } = await makeStillHelper(connection, { image: this.reference }, signal);
    const close = async (): Promise<void> => {
      if (this.forContent.delete(container)) await removeHelper(connection, container, log);
    };
    this.forContent.set(container, close);
    return { container, root: '', hasShell: false, close };
  }

  async forget({ container }: Carrier): Promise<void> {
    this.helper = undefined;
    await removeHelper(this.means.connection, container, this.means.log);
  }

  async dispose(): Promise<void> {
    for (const close of [...this.forContent.values()]) await close();
    const helper = await this.helper?.catch(() => undefined);
    if (helper !== undefined) await removeHelper(this.means.connection, helper.container, this.means.log);
  }
}

/** A running container that has the volume, or a helper: one to look, another one only where something is changed. */
class VolumeCarriers implements Carriers {
  private readonly found = new Map<Purpose, Promise<Carrier>>();
  private readonly helpers = new Set<string>();
  private emptyImage: Promise<EmptyImage> | undefined;

  constructor(
    private readonly volume: string,
    private readonly means: Means,
  ) {}

  async get(purpose: Purpose): Promise<Carrier> {
    const found = this.found.get('change') ?? this.found.get(purpose) ?? this.find(purpose);
    this.found.set(purpose, found);
    try {
      return await found;
    } catch (error) {
      this.found.delete(purpose);
      throw error;
    }
  }

  async openForContent(): Promise<ContentCarrier> {
    await findVolume(this.means.connection, this.volume, this.means.signal);
    const { container } = await this.makeWithoutShell({ name: this.volume, readOnly: true });
    this.helpers.add(container);
    return { container, root: volumeFolder, hasShell: false, close: () => this.drop(container) };
  }

  async forget({ container }: Carrier): Promise<void> {
    this.found.clear();
    await this.drop(container);
  }

  async dispose(): Promise<void> {
    const { connection } = this.means;
    await Promise.allSettled(this.found.values());
    for (const helper of [...this.helpers]) await this.drop(helper);
    const image = await this.emptyImage?.catch(() => undefined);
    this.emptyImage = undefined;
    if (image !== undefined) await dropEmptyImage(connection, image);
  }

  private async drop(helper: string): Promise<void> {
    if (this.helpers.delete(helper)) await removeHelper(this.means.connection, helper, this.means.log);
  }

  private async find(purpose: Purpose): Promise<Carrier> {
    const { connection, log, shells, signal } = this.means;
    // An engine makes a volume that a container is to have and that is not there.
    await findVolume(connection, this.volume, signal);
    const user = shells === 'any' ? await this.findUser(purpose) : undefined;
    if (user !== undefined) return user;
    const mount = { name: this.volume, readOnly: purpose === 'look' };
    const helper =
      (shells === 'any' ? await makeShellHelper(connection, mount, log, signal) : undefined) ??
      (await this.makeWithoutShell(mount));
    this.helpers.add(helper.container);
    return { ...helper, root: volumeFolder };
  }

  private async makeWithoutShell(mount: { name: string; readOnly: boolean }): Promise<Helper> {
    const { connection, signal } = this.means;
    this.emptyImage ??= makeEmptyImage(connection);
    return makeStillHelper(connection, { image: (await this.emptyImage).id, volume: mount }, signal);
  }

  private async findUser(purpose: Purpose): Promise<Carrier | undefined> {
    for (const { id, state, mounts } of await listContainers(this.means.connection, this.means.signal)) {
      if (state !== 'running') continue;
      const mount = mounts.find((one) => one.type === 'volume' && one.name === this.volume);
      if (mount === undefined || (purpose === 'change' && mount.readOnly)) continue;
      const isWhole = !mounts.some(({ target }) => target.startsWith(`${mount.target}/`));
      if (isWhole && (await this.isUsable(id, mount.target))) {
        return { container: id, root: mount.target.replace(/\/+$/, ''), hasShell: true };
      }
    }
    return undefined;
  }

  private async isUsable(container: string, target: string): Promise<boolean> {
    const { connection, signal } = this.means;
    try {
      const { HostConfig: config } = await inspect(connection, container, signal);
      const options = config.Mounts.find((mount) => mount.Target === target)?.VolumeOptions;
      return (options?.Subpath ?? '') === '' && (await hasShellFile(connection, container, signal));
    } catch (error) {
      if (error instanceof Failure && error.reason === 'container-not-found') return false;
      throw error;
    }
  }
}
