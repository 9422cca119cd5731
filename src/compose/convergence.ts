import { type EngineConnection } from '../engine/connection.js';
import { renameContainer, unpauseContainer } from '../engine/container-operations.js';
import { startContainer } from '../engine/container-process.js';
import { type ContainerSummary, inspectContainer, listContainers } from '../engine/containers.js';
import { type ImageDetails } from '../engine/images.js';
import { connectToNetwork } from '../engine/networks.js';
import { createFromBody, removeContainer } from '../engine/new-container.js';
import { type Work } from '../host/progress.js';
import { configHash } from './config-hash.js';
import { type ContainerBody, containerBody, containerName, imageName } from './container-body.js';
import { placeGrants } from './granted-files.js';
import { takenOver } from './container-mounts.js';
import { holdersOfGivenUpPorts } from './given-up-ports.js';
import { containerLabels, takenOverLabel } from './labels.js';
import { type ComposeProject, type Service } from './model.js';
import { type Observed, projectContainers, type ProjectContainer } from './observed.js';
import { type ServiceResult } from './outcome.js';
import { withPortUser } from './port-in-use.js';
import { namespacesOf } from './service-order.js';
import { removeStopped, stopIfRunning } from './stop-and-remove.js';
import { notShared, requireFolders } from './shared-folders.js';

/** What the containers of an application are made with. */
export interface Surroundings {
  project: ComposeProject;
  /** Those that are brought up. */
  services: readonly Service[];
  observed: Observed;
  /** By services. */
  images: ReadonlyMap<string, ImageDetails>;
  /** The engine's identifiers, by the networks' keys. */
  networks: ReadonlyMap<string, string>;
  /** Whether a container can be made in several networks at once (API 1.44). */
  takesNetworks: boolean;
}

/** Gives services the containers that their files describe, and leaves alone those that are right. */
export class Convergence {
  /** Identifiers by service, of those that were brought up, and of those that were there. */
  private readonly containers = new Map<string, readonly string[]>();
  /** Those that were stopped to be started after what they depend on. */
  private readonly stopped = new Set<string>();
  /** The project's containers when they were last looked at. */
  private there: readonly ProjectContainer[];
  private starting: Promise<void> = Promise.resolve();
  private readonly signal: AbortSignal;

  constructor(
    private readonly connection: EngineConnection,
    private readonly surroundings: Surroundings,
    private readonly work: Work,
  ) {
    this.signal = work.signal;
    this.there = surroundings.observed.containers;
    for (const { service, container, isOneOff } of surroundings.observed.containers) {
      if (!isOneOff) this.containers.set(service, [...this.containersOf(service), container.id]);
    }
  }

  /** Identifiers of a service's containers, in the order of their numbers. */
  containersOf(service: string): readonly string[] {
    return this.containers.get(service) ?? [];
  }

  /** @param service one whose dependencies have what they should have */
  async converge(service: Service): Promise<ServiceResult> {
    // Much may have happened while others were waited for.
    const all = await listContainers(this.connection, this.signal);
    this.there = projectContainers(all, this.surroundings.project.name);
    const there = this.there.filter((each) => each.service === service.name && !each.isOneOff);
    for (const { container, number } of there) {
      if (number >= 1 && number <= service.replicas) continue;
      this.say(service, `removing ${container.name}`);
      await this.remove(container);
    }
    const result: ServiceResult = { name: service.name, containers: [], change: 'unchanged' };
    for (let number = 1; number <= service.replicas; number++) {
      const candidates = there.filter((each) => each.number === number);
      const { id, change } = await this.convergeOne(service, number, candidates);
      result.containers.push(id);
      if (result.change === 'unchanged' || change === 'recreated') result.change = change;
    }
    this.containers.set(service.name, result.containers);
    return result;
  }

  private async convergeOne(
    service: Service,
    number: number,
    candidates: readonly ProjectContainer[],
  ): Promise<{ id: string; change: ServiceResult['change'] }> {
    const hash = await this.hashOf(service, number);
    const name = containerName(this.surroundings.project, service, number);
    const current = candidates.find((each) => each.hash === hash && isWhole(each.container));
    if (current !== undefined) {
      const { id } = current.container;
      // An interrupted “Up” may have left both a container and the one that was to take its place.
      for (const { container } of candidates) if (container.id !== id) await this.remove(container);
      if (current.container.name !== name) await renameContainer(this.connection, id, name, this.signal);
      return { id, change: await this.run(service, current.container, name) };
    }
    const previous = candidates.find(({ container }) => isWhole(container)) ?? candidates[0];
    for (const each of candidates) if (each !== previous) await this.remove(each.container);
    const id = await this.make(service, number, hash, previous?.container);
    this.say(service, `starting ${name}`);
    await this.start(service, id);
    return { id, change: previous === undefined ? 'created' : 'recreated' };
  }

  /** Sees to it that a container that is as it should be runs. */
  private async run(service: Service, container: ContainerSummary, name: string): Promise<'unchanged' | 'started'> {
    const { id, state } = container;
    if (state === 'paused' && !this.stopped.has(id)) {
      this.say(service, `continuing ${name}`);
      await unpauseContainer(this.connection, id, this.signal);
      return 'started';
    }
    if (state === 'running' && !this.stopped.has(id)) {
      if (!(await this.isLeftBehind(service, id))) return 'unchanged';
      await stopIfRunning(this.connection, container, this.signal);
    }
    // Who shares a namespace of it has the one that went with its end.
    await this.stopDependents(service, (other) => sharesNamespace(other, service.name));
    this.say(service, `starting ${name}`);
    await this.start(service, id);
    return 'started';
  }

  /** Whether a container shares a namespace of another one that has ended and begun anew since. */
  private async isLeftBehind(service: Service, id: string): Promise<boolean> {
    const others = namespacesOf(service).flatMap((name) => this.containersOf(name)[0] ?? []);
    if (others.length === 0) return false;
    const [own, ...shared] = await Promise.all(
      [id, ...others].map((each) => inspectContainer(this.connection, each, this.signal)),
    );
    return shared.some(({ started }) => Date.parse(started) > Date.parse(own?.started ?? ''));
  }

  /** Makes a container and, where it takes another one's place, gives it the name only when all is ready for it. */
  private async make(
    service: Service,
    number: number,
    hash: string,
    previous: ContainerSummary | undefined,
  ): Promise<string> {
    const { connection, signal } = this;
    const { project, images } = this.surroundings;
    const image = images.get(service.name);
    const kept = volumesOf(previous);
    const over = takenOver(service, image?.volumes ?? [], kept);
    const labels = {
      ...containerLabels(project, service, number, image?.id ?? '', hash),
      ...(over.length === 0 ? {} : { [takenOverLabel]: over.join(',') }),
    };
    const { name, body, connectLater } = this.bodyOf(service, number, labels, kept);
    // Whether another name is free is known before there is no way back.
    const first = previous?.name === name ? `${name}-${hash.slice(0, 12)}` : name;
    this.say(service, `creating ${name}`);
    const query = { name: first, platform: service.platform };
    const id = await createFromBody(connection, query, body, signal).catch((error: unknown) => {
      throw notShared(service, error);
    });
    try {
      for (const { network, settings } of connectLater) {
        await connectToNetwork(connection, network, id, settings, signal);
      }
      await requireFolders(connection, id, project, service, signal);
      await placeGrants(connection, id, project, service, signal);
      if (previous !== undefined) {
        await this.stopDependents(service, (other) => isRestartedAfter(other, service.name));
        await this.stopPrevious(service, previous);
      }
      signal.throwIfAborted();
    } catch (error) {
      await removeContainer(connection, id).catch(() => undefined);
      throw error;
    }
    if (previous !== undefined) {
      // Nothing interrupts this: the service has one of the two at any time.
      await removeStopped(connection, previous.id, undefined);
      if (first !== name) await renameContainer(connection, id, name);
    }
    return id;
  }

  /** After an abort it runs again: an engine goes on with a stop that nobody waits for. */
  private async stopPrevious(service: Service, previous: ContainerSummary): Promise<void> {
    if (previous.state !== 'running') {
      await stopIfRunning(this.connection, previous, this.signal);
      return;
    }
    this.say(service, `stopping ${previous.name}`);
    this.signal.throwIfAborted();
    await stopIfRunning(this.connection, previous, undefined);
    if (this.signal.aborted) await startContainer(this.connection, previous.id);
  }

  /** They are started again when it is their turn. */
  private async stopDependents({ name }: Service, isMeant: (dependent: Service) => boolean): Promise<void> {
    const dependents = this.surroundings.services.filter((each) => each.name !== name && isMeant(each));
    await this.stopForLater(
      this.there.filter(({ service, isOneOff }) => !isOneOff && dependents.some((each) => each.name === service)),
    );
  }

  private async stopForLater(containers: readonly ProjectContainer[]): Promise<void> {
    for (const { service, container } of containers) {
      if (this.stopped.has(container.id)) continue;
      this.work.onProgress({ message: `${service}: stopping ${container.name}` });
      await stopIfRunning(this.connection, container, this.signal);
      this.stopped.add(container.id);
    }
  }

  private async start(service: Service, id: string): Promise<void> {
    await this.stopForLater(holdersOfGivenUpPorts(service, this.surroundings.services, this.there));
    // An engine may give the same port of a range to two containers that start at the same time.
    const takesTurns = service.ports.some(({ published }) => published?.includes('-') === true);
    const started = (takesTurns ? this.starting : Promise.resolve()).then(() =>
      startContainer(this.connection, id, this.signal),
    );
    if (takesTurns) this.starting = started.catch(() => undefined);
    try {
      await started;
    } catch (error) {
      this.signal.throwIfAborted();
      throw await withPortUser(this.connection, service.name, notShared(service, error), this.signal);
    }
  }

  private async remove(container: ContainerSummary): Promise<void> {
    await stopIfRunning(this.connection, container, this.signal);
    await removeStopped(this.connection, container.id, this.signal);
  }

  private bodyOf(
    service: Service,
    number: number,
    labels: Record<string, string>,
    keptVolumes: ReadonlyMap<string, string>,
    takesNetworks = this.surroundings.takesNetworks,
  ): ContainerBody {
    const { project, images } = this.surroundings;
    return containerBody(service, {
      project,
      number,
      image: imageName(project, service),
      labels,
      containerOf: (name) => this.containersOf(name)[0] ?? name,
      keptVolumes,
      imageVolumes: images.get(service.name)?.volumes ?? [],
      takesNetworks,
    });
  }

  /**
   * Of all that the service says, of the image that the reference means now, and of the networks; not of where its files are, nor of
   * the engine's version.
   */
  private hashOf(service: Service, number: number): Promise<string> {
    const { project, images, networks } = this.surroundings;
    return configHash(project, service, [
      this.bodyOf(service, number, Object.fromEntries(service.labels), new Map(), true),
      images.get(service.name)?.id,
      service.networks.map(({ network }) => networks.get(network)),
      service.platform,
    ]);
  }

  private say({ name }: Service, what: string): void {
    this.work.onProgress({ message: `${name}: ${what}` });
  }
}

/** By their targets. */
function volumesOf(container: ContainerSummary | undefined): ReadonlyMap<string, string> {
  const mounts = container?.mounts ?? [];
  return new Map(mounts.flatMap((mount) => (mount.type === 'volume' ? [[mount.target, mount.name] as const] : [])));
}

/**
 * Whether all has been done to a container before its start: of one that has never run nobody knows whether an “Up” was
 * interrupted before its secrets and networks were there.
 */
function isWhole({ state }: ContainerSummary): boolean {
  return state !== 'created' && state !== 'dead' && state !== 'removing';
}

function sharesNamespace(service: Service, name: string): boolean {
  return namespacesOf(service).includes(name);
}

function isRestartedAfter({ dependsOn }: Service, name: string): boolean {
  return dependsOn.some(({ service, restart }) => restart && service === name);
}
