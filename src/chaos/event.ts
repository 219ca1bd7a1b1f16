import type { z } from 'zod'
import type { Cluster } from '../cluster/cluster.js'
import type { Disturbance } from './disturbance.js'
import type { NodeSelection } from './node-selection.js'

/**
 * Contract of a chaos event. `arguments` is its part of the scenario (besides `at` and `event`); `inject` acts only through
 * the Cluster and its context. An error that it throws is recorded as the event's failure and makes the run invalid, and so
 * does an event that nothing shows to have taken effect: `inject` tells `observe`, or disturbs clients.
 */
export interface ChaosEvent<Arguments> {
  readonly kind: string
  readonly summary: string
  /** What it can be the cause of. */
  readonly explains: Explains
  readonly arguments: z.ZodType<Arguments>
  /** What the cluster must have; the planner refuses the event otherwise. */
  readonly needs?: readonly Need[]
  /** It acts on clients only, or through a hook, so it also works on a cluster that wsbench doesn't run. */
  readonly worksOnTargets?: true
  /** What it will do outside of wsbench, in words; printed before a run starts. */
  announce?(action: Arguments): readonly string[]
  /** The nodes that the scenario names, so that a name which can't exist is refused. */
  namesNodes?(action: Arguments): readonly NodeSelection[]
  /** How many nodes it adds to the cluster, so that balancers can declare their slots. */
  addsNodes?(action: Arguments): number
  /** How many nodes it removes for good. */
  removesNodes?(action: Arguments): number
  /** How many nodes have no clients while it lasts; the other nodes must have room for these clients. */
  nodesAway?(action: Arguments): number
  /** Connections of clients that the event itself ends; each client reconnects. */
  cuts?(action: Arguments): Cuts
  /** How long its phase lasts, ms: its own work and the time in which its effects are measured. */
  windowMs(action: Arguments, cluster: WindowContext): number
  /** How long it may take to end once the run is stopped, ms; without it: as long as any other step of the clean-up. */
  endMs?(action: Arguments): number
  /**
   * Ids of the nodes it acts on, chosen just before `inject`; without it, or when empty: all clients are affected. Losses
   * and disconnects are attributed by it.
   */
  selectNodes?(cluster: Cluster, action: Arguments, random: () => number): readonly string[]
  inject(cluster: Cluster, action: Arguments, context: InjectContext): Promise<void>
}

/**
 * What an event can be the cause of (docs/delivery.md has the table). An event that names no nodes explains disconnects of
 * all clients, but no losses `of its nodes`. `isForGood`: its effect stays, so that it explains until the run ends.
 */
export interface Explains {
  /** That connections to its nodes end. */
  readonly disconnects: boolean
  /** That messages are lost although the subscriber stays connected. */
  readonly lossesInFlight: 'none' | 'of its nodes' | 'any'
  readonly isForGood?: true
}

/** This share of the clients at once, or each client once per `everyMs` for `lastsMs`. */
export type Cuts =
  | { readonly everyMs: null; readonly share: number }
  | { readonly everyMs: number; readonly lastsMs: number }

/** Whether the balancer has a different set of nodes once the event is over. */
export function changesPool({
  addsNodes,
  removesNodes,
}: Pick<ChaosEvent<never>, 'addsNodes' | 'removesNodes'>): boolean {
  return addsNodes !== undefined || removesNodes !== undefined
}

/**
 * broker: a broker (bridge `none` has none). broker-path: nodes reach the broker through the proxy, which is only there if
 * an event needs it. broker-disconnect: a broker that can close its connections. balancer-reload: a balancer that can be
 * reloaded.
 */
export type Need = 'broker' | 'broker-path' | 'broker-disconnect' | 'balancer-reload'

/** What an event's window may depend on besides its arguments. */
export interface WindowContext {
  /** The most there can be: nodes added by earlier events are included, and so are removed ones. */
  readonly nodes: number
  readonly drainWindowMs: number
  /** How long after a reload of the balancer connections end; 0: they stay, or end at once. */
  readonly reloadCutsAfterMs: number
}

export interface InjectContext {
  /** The result of `selectNodes`. */
  readonly nodes: readonly string[]
  /**
   * The event begins to act on this one of its nodes; the returned function ends that. For events that act on their nodes one
   * after the other: without any turn, the event acts on all of them until it has finished.
   */
  readonly turn: (node: string) => () => void
  /** Uniform in [0, 1), from the scenario's seed. */
  readonly random: () => number
  /**
   * Resolves after `ms` with true, or when measuring ends with false, whichever comes first. After it, an event undoes
   * whatever must not outlive the run.
   */
  readonly wait: (ms: number) => Promise<boolean>
  /** Notes, in words, what must be done outside of wsbench to undo the event. Call the returned function once it is done. */
  readonly registerUndo: (words: string) => () => void
  /** Begins a disturbance of the clients in every generator process; the returned function ends it. At most one per event. */
  readonly disturb: (disturbance: Disturbance) => () => void
  /** Records what shows that the event took effect, as `n2 answers no more`. */
  readonly observe: (words: string) => void
}

/** What the timeline records of one event. Times are µs of CLOCK_MONOTONIC. */
export interface EventRecord {
  readonly id: string
  readonly kind: string
  /** Ids of the nodes it acted on; empty: all clients. */
  readonly targets: readonly string[]
  /** When it acted on each of them. */
  readonly turns: readonly NodeTurn[]
  readonly scheduledMicros: number
  readonly startedMicros: number
  readonly finishedMicros: number
  /** null when it succeeded. */
  readonly failure: string | null
  /** What showed that it took effect; none: it is the cause of nothing. */
  readonly evidence: readonly string[]
}

export interface NodeTurn {
  readonly node: string
  readonly startedMicros: number
  readonly finishedMicros: number
}
