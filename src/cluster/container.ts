/** Limit of open files for each process in a container, set by the Compose file. */
export const CONTAINER_DESCRIPTORS = 65_536

/** Where configuration files are mounted in a container. */
export const CONFIG_DIRECTORY = '/etc/wsbench'

/** The address containers listen on; each has its own network interface. */
export const EVERYWHERE = '0.0.0.0'

/** A part of the cluster as a container, from which its service in the Compose file is made. */
export interface ContainerSpec {
  /** Name and version. */
  readonly image: string
  /** Program and arguments. */
  readonly command: readonly string[]
  /** Program and arguments; exits with 0 once the part serves. */
  readonly healthcheck: readonly string[]
  /** Ports to publish on 127.0.0.1; the first is the one that the part serves on. */
  readonly ports: readonly [number, ...number[]]
}
