import { type ComposeProject } from './model.js';

/** What a container is made with besides what its service says. */
export interface ContainerContext {
  project: ComposeProject;
  /** Counted from 1. */
  number: number;
  /** The reference that the container shows as its image. */
  image: string;
  labels: Readonly<Record<string, string>>;
  /** The container of a service that shares a namespace with this one. */
  containerOf: (service: string) => string;
  /** Volumes of the container that this one takes the place of, by their target: those without a name are taken over. */
  keptVolumes: ReadonlyMap<string, string>;
  /** Targets of the volumes that the image itself asks for. */
  imageVolumes: readonly string[];
  /** Whether a container can be made in several networks at once (API 1.44). */
  takesNetworks: boolean;
}
