import { WEBSOCKET_PATH } from '../../protocols/reference.js'
import type { Strategy } from '../affinity/strategy.js'
import type { Endpoint } from '../cluster.js'
import type { ContainerSpec } from '../container.js'
import type { Launcher } from '../local/launcher.js'
import type { Usage } from '../local/process-stat.js'
import type { TlsFiles } from '../tls/tls-files.js'
import type { BalancerControl } from './control.js'
import type { BalancerSettings } from './settings.js'

/**
 * Contract of a balancer. `start` starts it in front of `nodes`; later nodes are added and removed by the balancer's own
 * mechanism (HAProxy: runtime API and pre-declared slots; the others: rewrite and reload).
 */
export interface Balancer {
  readonly kind: string
  readonly isEmbedded: boolean
  /** null when embedded. */
  readonly program: BalancerProgram | null
  /** Whether it can read its configuration again while it runs. */
  readonly canReload: boolean
  /** Whether it can connect to nodes from several addresses. */
  readonly choosesSource: boolean
  /** Whether nodes join and leave the pool by a reload. */
  readonly changesPoolByReload: boolean
  /** How long after a reload it ends the connections that were open, ms; null: it leaves them open. */
  cutsAfterMs(settings: BalancerSettings): number | null
  /** States it supports for a node that leaves; the first is the default. */
  readonly drainStates: readonly DrainState[]
  /** How many clients one process (nginx: one worker) can carry with `descriptors` open files. */
  clientsPerProcess(descriptors: number): number
  start(context: BalancerContext): Promise<RunningBalancer>
  /** The same balancer in a container; null when it only runs as a program of this machine. */
  readonly container: BalancerContainer | null
}

export interface BalancerProgram {
  /** Its file on the PATH; systems have different names for some. */
  readonly names: readonly string[]
  /** Makes it print its version. */
  readonly versionArgument: string
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
export type ContainedSettings = Pick<
  BalancerContext,
  'strategy' | 'settings' | 'processes' | 'maxNodes' | 'nodes' | 'tls'
>

export interface ContainedContext extends ContainedSettings, Pick<BalancerContext, 'drainState'> {
  readonly control: BalancerControl
  /** Where clients connect, on this machine. */
  readonly endpoint: Endpoint
  /** The port of 127.0.0.1 that a port of the spec is published on. */
  readonly published: (port: number) => number
}

/** New connections to a node that is leaving. maint: none. drain: those with its cookie. Open connections stay in both. */
export type DrainState = 'maint' | 'drain'

export interface BalancerContext {
  readonly launcher: Launcher
  readonly binary: string | null
  readonly strategy: Strategy
  readonly settings: BalancerSettings
  /** One of the balancer's `drainStates`. */
  readonly drainState: DrainState
  readonly processes: number
  readonly descriptors: number
  readonly maxNodes: number
  readonly nodes: readonly Upstream[]
  /** Addresses to connect to nodes from, used in turn; empty: the kernel chooses. */
  readonly sources: readonly string[]
  /** Loopback address to listen on, whose ports no other program uses. */
  readonly host: string
  /** Certificate and key for `host`, to terminate TLS with; null: plain TCP. */
  readonly tls: TlsFiles | null
}

/** A node as a balancer sees it. `slot` is its index from 0. */
export interface Upstream {
  readonly id: string
  readonly slot: number
  readonly host: string
  readonly port: number
}

/** Where clients of one process of a balancer connect. */
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
  /** Resolves once new connections can reach them. A removed node may come back, at its address. */
  addNodes(nodes: readonly Upstream[]): Promise<void>
  /** Takes it out of the pool. Resolves once it gets no new connections except those that `drainState` allows; open ones stay. */
  removeNode(id: string): Promise<void>
  /**
   * Reads the same configuration again. Resolves once only the new one accepts connections, with what shows that. Only if
   * `canReload`.
   */
  reload(): Promise<string>
  /** SIGKILL to every process. */
  kill(): Promise<void>
  /** Starts it again after `kill`, with the same endpoints and pool. Resolves once it is healthy. */
  restart(): Promise<void>
  /** Of all its processes; null when it can't be read. */
  usage(): Promise<Usage | null>
}
