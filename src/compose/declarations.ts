import { type Place } from './place.js';

/** `key` is what the files call it, `name` what the engine calls it. */
export type Network = { key: string; name: string; place: Place } & (
  | { kind: 'external' }
  | {
      kind: 'own';
      driver: string | undefined;
      driverOptions: ReadonlyMap<string, string>;
      internal: boolean;
      attachable: boolean;
      enableIpv4: boolean | undefined;
      enableIpv6: boolean | undefined;
      labels: ReadonlyMap<string, string>;
      ipam: Ipam | undefined;
    }
);

export interface Ipam {
  driver: string | undefined;
  options: ReadonlyMap<string, string>;
  pools: readonly {
    subnet: string | undefined;
    gateway: string | undefined;
    ipRange: string | undefined;
    auxiliaryAddresses: ReadonlyMap<string, string>;
  }[];
}

/** As `Network`. */
export type Volume = { key: string; name: string; place: Place } & (
  | { kind: 'external' }
  | {
      kind: 'own';
      driver: string | undefined;
      driverOptions: ReadonlyMap<string, string>;
      labels: ReadonlyMap<string, string>;
    }
);

/** A secret or config. */
export interface FileResource {
  key: string;
  name: string;
  source: SecretSource | { kind: 'content'; content: string };
  place: Place;
}

/** `file` is an absolute path, `variable` the name of one of the environment that the files were read with. */
export type SecretSource = { kind: 'file'; file: string } | { kind: 'environment'; variable: string; value: string };
