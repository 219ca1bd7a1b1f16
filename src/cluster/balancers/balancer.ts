import { WEBSOCKET_PATH } from '../../protocols/reference.js'
import type { Strategy } from '../affinity/strategy.js'
import type { Endpoint } from '../cluster.js'
import type { ContainerSpec } from '../container.js'
import type { Launcher } from '../local/launcher.js'
import type { Usage } from '../local/process-stat.js'
import type { TlsFiles } from '../tls/tls-files.js'
import type { BalancerControl } from './control.js'

/**
 * Contract of a balancer. `start` brings it up in front of `nodes`; from then on nodes come and go through the
 * balancer's own mechanism (nginx: rewrite + reload; HAProxy: runtime API over pre-declared slots).
 */
export interface Balancer {
  readonly kind: string
  readonly isEmbedded: boolean
  /** Whether it can be told to take its configuration anew while it runs. */
  readonly canReload: boolean
  /** What it can do with a node that is to leave; the first goes without saying. */
  readonly drainStates: readonly DrainState[]
  /** Clients one process (nginx: one worker) can carry with `descriptors` open files. */
  clientsPerProcess(descriptors: number): number
  start(context: BalancerContext): Promise<RunningBalancer>
  /** The same balancer in a container; null where there is no image of it. */
  readonly container: BalancerContainer | null
}

/** Contract of a balancer in a container. Its configuration file is mounted. */
export interface BalancerContainer {
  /** Its file in CONFIG_DIRECTORY. */
  readonly configFile: string
  spec(isTls: boolean): ContainerSpec
  /** The whole configuration, with `nodes` in the pool. */
  render(settings: ContainedSettings): string
  /** Writes the configuration and starts the container; resolves once nodes answer through it. */
  start(context: ContainedContext): Promise<RunningBalancer>
}

/** The part of a context that the configuration depends on. The paths in `tls` are those inside the container. */
export type ContainedSettings = Pick<BalancerContext, 'strategy' | 'processes' | 'maxNodes' | 'nodes' | 'tls'>

export interface ContainedContext extends ContainedSettings, Pick<BalancerContext, 'drainState'> {
  readonly control: BalancerControl
  /** Where clients connect, on this machine. */
  readonly endpoint: Endpoint
  /** The port of 127.0.0.1 that a port of the spec is published on. */
  readonly published: (port: number) => number
}

/** Who still gets to a node that is leaving. maint: nobody. drain: whoever bears its cookie. Open connections stay in both. */
export type DrainState = 'maint' | 'drain'

export interface BalancerContext {
  readonly launcher: Launcher
  readonly binary: string | null
  readonly strategy: Strategy
  /** One of the balancer's `drainStates`. */
  readonly drainState: DrainState
  readonly processes: number
  readonly descriptors: number
  readonly maxNodes: number
  readonly nodes: readonly Upstream[]
  /** Addresses to connect to nodes from, by turns; empty: the kernel's choice. */
  readonly sources: readonly string[]
  /** Loopback address to listen on, and whose ports nobody else uses. */
  readonly host: string
  /** What to terminate TLS with, for `host`; null: plain. */
  readonly tls: TlsFiles | null
}

/** A node as a balancer sees it. `slot` is its index from 0. */
export interface Upstream {
  readonly id: string
  readonly slot: number
  readonly host: string
  readonly port: number
}

/** Where clients of a balancer's process connect. */
export function endpointAt({ host, tls }: BalancerContext, port: number): Endpoint {
  return { host, port, path: WEBSOCKET_PATH, tls: tls && { ca: tls.ca } }
}

/** Health check of a container whose balancer listens on `port`. */
export function healthcheckAt(port: number, isTls: boolean): readonly string[] {
  const url = `${isTls ? 'https' : 'http'}://127.0.0.1:${port}/health`
  return ['wget', '-q', '-O', '/dev/null', '--no-check-certificate', url]
}

export interface RunningBalancer {
  readonly endpoints: readonly Endpoint[]
  /** Resolves once new connections can reach them. One that was removed may come back, at its address. */
  addNodes(nodes: readonly Upstream[]): Promise<void>
  /** Out of the pool: no new connections but what `drainState` lets through, those open stay. Resolves once that holds. */
  removeNode(id: string): Promise<void>
  /** Takes the same configuration anew; resolves once only it gets new connections. Only where `canReload`. */
  reload(): Promise<void>
  /** SIGKILL of every process. */
  kill(): Promise<void>
  /** After `kill`: the same endpoints and pool again. Resolves once it is healthy. */
  restart(): Promise<void>
  /** Of all its processes; null when it can't be read. */
  usage(): Promise<Usage | null>
}
