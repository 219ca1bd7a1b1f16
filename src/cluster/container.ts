/** Open files of each process in a container, as the Compose file sets it. */
export const CONTAINER_DESCRIPTORS = 65_536

/** Where a container finds its `files`. */
export const CONFIG_DIRECTORY = '/etc/wsbench'

/** Where containers listen, each on its own address of the cluster's network. */
export const EVERYWHERE = '0.0.0.0'

/** A part of the cluster as a container: what its service in the Compose file is made from. */
export interface ContainerSpec {
  /** With a version. */
  readonly image: string
  /** Program and arguments. */
  readonly command: readonly string[]
  /** Program and arguments that exit 0 once it serves. */
  readonly healthcheck: readonly string[]
  /** Ports inside that are published on 127.0.0.1; the first is where it is reached by those it serves. */
  readonly ports: readonly [number, ...number[]]
}
