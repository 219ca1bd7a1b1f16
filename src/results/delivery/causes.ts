import { type CauseWindow, UNEXPLAINED } from './types.js'

/** A loss that no event explains. */
export const NO_CAUSE = -1
/** Instead of a node: the broker, which every message passes, and which a publisher may write to directly. */
export const BROKER = -2
/** What a hook calls the broker among the nodes that it affects. */
const BROKER_NAME = 'broker'

/** What a cause is found by: when, and the node the subscriber was on or had been on last. */
export interface AttributionRule {
  readonly boundaryMicros: number
  readonly graceMicros: number
}

/** When an event acted on a node, or on all, and until when its effects are its own. */
interface Turn {
  /** Infinity: never. */
  startedMicros: number
  untilMicros: number
}

const NEVER: Turn = { startedMicros: Number.POSITIVE_INFINITY, untilMicros: Number.NEGATIVE_INFINITY }

/**
 * Finds the event that explains a disconnect or a loss: one that can (its kind declares what), that had begun, whose
 * effects were not over, and that acted on the node in question, or on no node in particular. Where several do, one
 * that acted on the node goes before others, and among those the one that started last.
 */
export class Causes {
  readonly #nodes: Map<string, number>
  /** By event: when it acted on each node; null: on none in particular. */
  readonly #turns: readonly (ReadonlyMap<number, Turn> | null)[]

  constructor(
    readonly windows: readonly CauseWindow[],
    readonly nodeNames: readonly string[],
    readonly rule: AttributionRule,
  ) {
    this.#nodes = new Map(nodeNames.map((name, index) => [name, index]))
    this.#turns = windows.map(({ turns }) => (turns.length === 0 ? null : this.#turnsOf(turns)))
  }

  name(cause: number): string {
    return this.windows[cause]?.id ?? UNEXPLAINED
  }

  /** The node's number here; those that no subscriber of this worker was on get one too. */
  nodeOf(name: string | null): number {
    if (name === null || name === BROKER_NAME) return BROKER
    const known = this.#nodes.get(name)
    if (known !== undefined) return known
    this.#nodes.set(name, this.#nodes.size)
    return this.#nodes.size - 1
  }

  /** Of a connection on `node` (or to the broker) that ended at `endMicros`: give or take ε, the event had begun by then. */
  ofDisconnect(endMicros: number, node: number): number {
    const isCutByReload = ({ startedMicros, cutsAllUntilMicros }: CauseWindow) =>
      cutsAllUntilMicros !== null &&
      startedMicros <= endMicros + this.rule.boundaryMicros &&
      endMicros <= cutsAllUntilMicros
    return this.#best([node], (window, { startedMicros, untilMicros }) => {
      if (isCutByReload(window)) return true
      const can = node === BROKER ? canLose(window) : window.explains.disconnects
      return can && startedMicros <= endMicros + this.rule.boundaryMicros && endMicros <= untilMicros
    })
  }

  /**
   * Of a message that never came though its subscriber stayed: an event that acted on one of the nodes it passed, or on the
   * broker, between its send and its deadline, and before `openedMicros`, when a later message of its stream had come.
   */
  ofFlight(sentMicros: number, openedMicros: number, nodes: readonly number[]): number {
    return this.#best([...nodes, BROKER], (window, { startedMicros, untilMicros }) => {
      if (!canLose(window)) return false
      const hadBegun = startedMicros <= openedMicros && startedMicros - this.rule.graceMicros <= sentMicros
      return hadBegun && sentMicros <= untilMicros
    })
  }

  /** Events that were under way at that time, whether or not they explain anything. */
  during(micros: number): string[] {
    return this.windows
      .filter(({ startedMicros, untilMicros }) => startedMicros <= micros && micros <= untilMicros)
      .map(({ id }) => id)
  }

  /** Of a client connected since `subMicros` and back at `backMicros`: the last event between the two that changed the pool. */
  poolChangeBetween(subMicros: number, backMicros: number): number {
    return this.windows.reduce((latest, { startedMicros, poolChangedMicros }, cause) => {
      if (poolChangedMicros === null || startedMicros < subMicros || poolChangedMicros > backMicros)
        return latest
      return latest === NO_CAUSE || startedMicros >= this.windows[latest]!.startedMicros ? cause : latest
    }, NO_CAUSE)
  }

  /** Whether an event began to act on `node` between the two, so that who was on it may not have found it again. */
  hasActedOn(node: number, fromMicros: number, untilMicros: number): boolean {
    return this.#turns.some((turns) => {
      const startedMicros = turns?.get(node)?.startedMicros
      return startedMicros !== undefined && fromMicros <= startedMicros && startedMicros <= untilMicros
    })
  }

  #turnsOf(turns: CauseWindow['turns']): Map<number, Turn> {
    return new Map(turns.map(({ node, ...turn }) => [this.nodeOf(node), turn]))
  }

  #best(nodes: readonly number[], fits: (window: CauseWindow, turn: Turn) => boolean): number {
    let best = NO_CAUSE
    let isBestNamed = false
    this.windows.forEach((window, cause) => {
      const turns = this.#turns[cause]!
      const isNamed = turns !== null
      if (isBestNamed && !isNamed) return
      if (!(isNamed ? nodes.some((node) => fits(window, turns.get(node) ?? NEVER)) : fits(window, window)))
        return
      const isLater = best === NO_CAUSE || window.startedMicros >= this.windows[best]!.startedMicros
      if (isNamed === isBestNamed && !isLater) return
      best = cause
      isBestNamed = isNamed
    })
    return best
  }
}

/** Whether messages in flight can be lost by the event: of all nodes, or of those that it names. */
function canLose({ explains: { lossesInFlight }, turns }: CauseWindow): boolean {
  return lossesInFlight === 'any' || (lossesInFlight === 'of its nodes' && turns.length > 0)
}
