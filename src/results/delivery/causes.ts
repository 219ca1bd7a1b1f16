import { type CauseWindow, UNEXPLAINED } from './types.js'

/** A loss that no event explains. */
export const NO_CAUSE = -1

/** What blame is laid by: when, and the node the subscriber was on or had been on last. */
export interface AttributionRule {
  readonly boundaryMicros: number
  readonly graceMicros: number
}

/**
 * Lays breaks and losses on chaos events. An event strikes the nodes it names; with no targets, all. Where several
 * events fit, one that names the subscriber's node goes before one for all, and among those the one that started last.
 */
export class Causes {
  readonly #strikes: readonly (readonly boolean[])[]

  constructor(
    readonly windows: readonly CauseWindow[],
    readonly nodeNames: readonly string[],
    readonly rule: AttributionRule,
  ) {
    this.#strikes = windows.map(({ targets }) => nodeNames.map((name) => targets.includes(name)))
  }

  name(cause: number): string {
    return this.windows[cause]?.id ?? UNEXPLAINED
  }

  /**
   * Of a connection on `node` that broke at `endMicros`: an event that started by then (give or take ε), whose effects
   * are not over, and that strikes the node or all nodes.
   */
  ofDisconnect(endMicros: number, node: number): number {
    return this.#best(node, false, (window) => {
      return window.startedMicros <= endMicros + this.rule.boundaryMicros && endMicros <= window.untilMicros
    })
  }

  /**
   * Of a message sent at `sentMicros` that never came though its subscriber stayed: an event under way at some time
   * between its send and its deadline. An event of another node is the last choice: the message may have entered the
   * cluster there, which its ledger does not record.
   */
  ofFlight(sentMicros: number, node: number): number {
    return this.#best(node, true, (window) => {
      return window.startedMicros - this.rule.graceMicros <= sentMicros && sentMicros <= window.untilMicros
    })
  }

  /** Of a client connected since `subMicros` and back at `backMicros`: the last event between the two that changed the pool. */
  poolChangeBetween(subMicros: number, backMicros: number): number {
    return this.windows.reduce((latest, { startedMicros, poolChangedMicros }, cause) => {
      if (poolChangedMicros === null || startedMicros < subMicros || poolChangedMicros > backMicros)
        return latest
      return latest === NO_CAUSE || startedMicros >= this.windows[latest]!.startedMicros ? cause : latest
    }, NO_CAUSE)
  }

  /** Whether an event that names `node` began between the two, so that who was on it may not have found it again. */
  hasStruck(node: number, fromMicros: number, untilMicros: number): boolean {
    return this.windows.some(({ startedMicros }, cause) => {
      return this.#strikes[cause]![node] && fromMicros <= startedMicros && startedMicros <= untilMicros
    })
  }

  /** 0: strikes other nodes only; 1: all nodes; 2: this node. */
  #nearness(cause: number, node: number): number {
    if (this.windows[cause]!.targets.length === 0) return 1
    return this.#strikes[cause]![node] ? 2 : 0
  }

  #best(node: number, takesOthers: boolean, fits: (window: CauseWindow) => boolean): number {
    let best = NO_CAUSE
    let bestNearness = takesOthers ? 0 : 1
    this.windows.forEach((window, cause) => {
      const nearness = this.#nearness(cause, node)
      if (nearness < bestNearness || !fits(window)) return
      const isLater = best === NO_CAUSE || window.startedMicros >= this.windows[best]!.startedMicros
      if (nearness === bestNearness && !isLater) return
      best = cause
      bestNearness = nearness
    })
    return best
  }
}
