import { type Causes, NO_CAUSE } from './causes.js'
import type { Epochs } from './epochs.js'
import { justAbove } from './just-above.js'
import type { DeliveryClass } from './types.js'

const NEVER = Number.POSITIVE_INFINITY

/**
 * Says why a due message never came to a subscriber, by its send time and by when a later message of its stream came
 * (docs/delivery.md), and until which send time the answer stays the same, so that a range of messages is judged at once:
 *
 *     tSub      ε      tEnd−D        tEnd       next tSub
 *      ├─boundary─┤ lostInFlight ├ lostOnDisconnect ┤ lostWhileOffline ├─ …     and boundary within ε of tEnd too
 *
 * A later message that came before tEnd makes it lostInFlight up to tEnd. `judge` leaves its answer in the fields.
 */
export class LossJudge {
  lossClass: DeliveryClass = 'lostInFlight'
  /** Index into the causes' windows, or NO_CAUSE; of a loss in flight, if the broker had the message. */
  cause = NO_CAUSE
  /** Of the client's latest epoch with tSub ≤ sent. */
  node = 0
  /** The answer holds for what was sent from the judged time to before this. */
  untilMicros = 0
  #epochs: number[] = []
  /** Edges of events: between two of them the cause of a loss in flight depends on the nodes only. */
  readonly #steps: Float64Array

  constructor(
    readonly log: Epochs,
    readonly causes: Causes,
  ) {
    const { graceMicros } = causes.rule
    const edges = causes.windows
      .flatMap((window) => [window, ...window.turns])
      .flatMap(({ startedMicros, untilMicros }) => [
        startedMicros - graceMicros,
        startedMicros,
        justAbove(untilMicros),
      ])
    this.#steps = Float64Array.from(edges).sort()
  }

  /** The client whose messages are judged next; it has been subscribed. */
  enter(client: number): void {
    this.#epochs = this.log.of(client)
  }

  /** `sentMicros` is not before the client's first tSub. `openedMicros`: when a later message came; Infinity: none did. */
  judge(sentMicros: number, openedMicros: number): void {
    const { boundaryMicros, graceMicros } = this.causes.rule
    const order = this.#orderAt(sentMicros)
    const epoch = this.#epochs[order]!
    const next = this.#epochs[order + 1]
    const sub = this.log.subMicros(epoch)
    const end = this.log.endMicros(epoch)
    const nextSub = next === undefined ? NEVER : this.log.subMicros(next)
    this.node = this.log.node(epoch)

    if (sentMicros <= sub + boundaryMicros) {
      this.lossClass = 'missingAtBoundary'
      this.cause = order === 0 ? NO_CAUSE : this.#causeOfDisconnect(this.#epochs[order - 1]!)
    } else if (
      (sentMicros >= end - boundaryMicros && sentMicros <= end + boundaryMicros) ||
      sentMicros >= nextSub - boundaryMicros
    ) {
      this.lossClass = 'missingAtBoundary'
      this.cause = this.#causeOfDisconnect(epoch)
    } else if (sentMicros < end - graceMicros || openedMicros <= end) {
      this.lossClass = 'lostInFlight'
      this.cause = this.causes.ofFlight(sentMicros, openedMicros, [this.node])
    } else {
      if (next !== undefined && this.log.isRecovered(next)) this.lossClass = 'falseRecovery'
      else this.lossClass = sentMicros <= end ? 'lostOnDisconnect' : 'lostWhileOffline'
      this.cause = this.#causeOfDisconnect(epoch)
    }

    let until = nextSub
    until = earlierAfter(sentMicros, this.#stepAfter(sentMicros), until)
    until = earlierAfter(sentMicros, justAbove(sub + boundaryMicros), until)
    until = earlierAfter(sentMicros, end - graceMicros, until)
    until = earlierAfter(sentMicros, end - boundaryMicros, until)
    until = earlierAfter(sentMicros, justAbove(end), until)
    until = earlierAfter(sentMicros, justAbove(end + boundaryMicros), until)
    this.untilMicros = earlierAfter(sentMicros, nextSub - boundaryMicros, until)
  }

  #causeOfDisconnect(epoch: number): number {
    return this.causes.ofDisconnect(this.log.endMicros(epoch), this.log.node(epoch))
  }

  /** Order, among the client's epochs, of the latest with tSub ≤ `micros`. */
  #orderAt(micros: number): number {
    let low = 0
    let high = this.#epochs.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.log.subMicros(this.#epochs[middle]!) <= micros) low = middle
      else high = middle - 1
    }
    return low
  }

  /** The first step after `micros`. */
  #stepAfter(micros: number): number {
    let low = 0
    let high = this.#steps.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.#steps[middle]! <= micros) low = middle + 1
      else high = middle
    }
    return this.#steps[low] ?? NEVER
  }
}

/** The earlier of `edge`, where it is after `micros`, and `until`. */
function earlierAfter(micros: number, edge: number, until: number): number {
  return edge > micros && edge < until ? edge : until
}
