import { type ConnectionCounters, type Ending, NOT_REFUSED } from './connection-counters.js'
import { ReconnectBackoff } from './reconnect-backoff.js'
import type { WorkerContext } from './worker-context.js'

/** The number under which the back-off knows the one publisher. */
const ONLY = 0

/** The connections of one publisher, one after the other: its back-off, and whether it ever got in. */
export class PublisherAttempts {
  readonly #backoff: ReconnectBackoff
  #refusal = NOT_REFUSED
  /** A connection that was ready ended without an error. */
  #hasEndedWell = false

  constructor(
    context: Pick<WorkerContext, 'plan' | 'random'>,
    readonly counters: ConnectionCounters,
    /** `p3` */
    readonly who: string,
  ) {
    this.#backoff = new ReconnectBackoff(1, context)
  }

  /**
   * The number of its last refusal, if it was never ready, or was soon closed with an error each time; in a protocol without a
   * confirmation, that is how a refusal looks. Null: it got in.
   */
  get refusalIfAbsent(): number | null {
    if (this.#backoff.everSubscribed === 0) return this.#refusal
    const isTurnedAway = this.#refusal !== NOT_REFUSED && !this.#hasEndedWell && !this.#backoff.hasGotIn(ONLY)
    return isTurnedAway ? this.#refusal : null
  }

  ready(): void {
    this.#backoff.subscribed(ONLY)
  }

  ended(ending: Ending): void {
    const refusal = this.counters.ended(ending, this.who)
    if (refusal !== NOT_REFUSED) this.#refusal = refusal
    else if (ending.wasReady) this.#hasEndedWell = true
  }

  /** The delay before the next attempt, which counts as one. */
  delayMs(): number {
    return this.#backoff.delayMs(ONLY)
  }
}
