import type { z } from 'zod'
import type { Cluster } from '../cluster/cluster.js'
import type { Disturbance } from './disturbance.js'
import type { NodeTarget } from './node-selection.js'

/**
 * Contract of a chaos event. `arguments` is its part of the scenario (besides `at` and `event`); `inject` acts through
 * the Cluster and its context only. What it throws is recorded as the event's failure and makes the run invalid.
 */
export interface ChaosEvent<Arguments> {
  readonly kind: string
  readonly summary: string
  /** What it can be the cause of. */
  readonly explains: Explains
  readonly arguments: z.ZodType<Arguments>
  /** What the cluster must have for it; the planner refuses the event where it has not. */
  readonly needs?: readonly Need[]
  /** It acts on clients only, or through a hook: a cluster that wsbench doesn't run will do. */
  readonly worksOnTargets?: true
  /** What it will do outside of wsbench, in words, told before a run starts. */
  announce?(action: Arguments): readonly string[]
  /** Nodes that the scenario names for it, so that a name which can't exist is refused. */
  namesNodes?(action: Arguments): readonly NodeTarget[]
  /** Nodes it adds to the cluster, so that balancers can declare their slots. */
  addsNodes?(action: Arguments): number
  /** Nodes it takes away for good. */
  removesNodes?(action: Arguments): number
  /** Nodes that can hold no clients while it goes on, so that the others have to. */
  nodesAway?(action: Arguments): number
  /** Connections of clients that it ends by itself; each client connects again. */
  cuts?(action: Arguments): Cuts
  /** How long its effects are looked for, its own work included, ms. */
  windowMs(action: Arguments, cluster: WindowContext): number
  /** How long it may still take once told to stop, ms; none: no longer than any other step of taking a run down. */
  endMs?(action: Arguments): number
  inject(cluster: Cluster, action: Arguments, context: InjectContext): Promise<void>
}

/**
 * What an event can be the cause of (docs/delivery.md has the table). With no nodes named, all are meant, but for
 * losses `of its nodes`, which then are none. `isForGood`: it is not undone, so that it explains until the run ends.
 */
export interface Explains {
  /** That connections on its nodes end. */
  readonly disconnects: boolean
  /** That messages are lost though the subscriber's connection stays. */
  readonly lossesInFlight: 'none' | 'of its nodes' | 'any'
  readonly isForGood?: true
}

/** Of this share of the clients at once, or of each client once in every `everyMs` while it lasts. */
export type Cuts =
  | { readonly everyMs: null; readonly share: number }
  | { readonly everyMs: number; readonly lastsMs: number }

/** Whether the balancer has other nodes to choose from once the event is over. */
export function changesPool({
  addsNodes,
  removesNodes,
}: Pick<ChaosEvent<never>, 'addsNodes' | 'removesNodes'>): boolean {
  return addsNodes !== undefined || removesNodes !== undefined
}

/**
 * broker: a broker, which bridge none lacks. broker-path: nodes that reach it through the proxy, which is in the path only
 * if an event needs it. broker-disconnect: a broker that can be told to cut its connections. balancer-reload: a balancer
 * that can be reloaded.
 */
export type Need = 'broker' | 'broker-path' | 'broker-disconnect' | 'balancer-reload'

/** What an event's window may depend on besides its arguments. */
export interface WindowContext {
  /** At most: those of earlier events included, those that these took away as well. */
  readonly nodes: number
  readonly drainWindowMs: number
}

export interface InjectContext {
  /** Uniform in [0, 1), from the scenario's seed. */
  readonly random: () => number
  /**
   * Names the nodes that the event acts on, before it does; the empty list means none in particular. An event that acts on
   * nodes one after the other calls it for each: the turn of those before is over then.
   */
  readonly affect: (nodeIds: readonly string[]) => void
  /**
   * Resolves after `ms`, or when measuring ends, whichever comes first: true when the whole time passed. An event undoes
   * after it what must not outlive the run.
   */
  readonly wait: (ms: number) => Promise<boolean>
  /** Notes, in words, what will have to be done outside of wsbench to undo it; the function returned notes that it is. */
  readonly registerUndo: (words: string) => () => void
  /** Begins to trouble the clients, in every generator process; the function returned ends it. */
  readonly disturb: (disturbance: Disturbance) => () => void
}

/** What the timeline records of one event. Times are µs of CLOCK_MONOTONIC. */
export interface EventRecord {
  readonly id: string
  readonly kind: string
  /** Names of the nodes it acted on; none: no node in particular. */
  readonly targets: readonly string[]
  /** When it acted on each of them. */
  readonly turns: readonly NodeTurn[]
  readonly scheduledMicros: number
  readonly startedMicros: number
  readonly finishedMicros: number
  /** Null when it did what it should. */
  readonly failure: string | null
}

export interface NodeTurn {
  readonly node: string
  readonly startedMicros: number
  readonly finishedMicros: number
}
