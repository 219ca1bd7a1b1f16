import type { Histogram } from 'hdr-histogram-js'
import { at, NO_NODE } from '../protocols/reference.js'
import { createHistogram, encodeHistogram, HIGHEST_MICROS } from '../results/latency/histogram.js'
import type { WorkerHops } from '../results/worker-records.js'

/** Most samples a second that all workers together take: enough for a p99.9 over half a minute. */
const SAMPLES_PER_SECOND = 1_000
/** How far the readings of one clock by two processes may differ. */
const CLOCK_MICROS = 5

/**
 * Times the hops of sampled messages by the timestamps of the reference nodes (src/protocols/reference.ts), which are readings
 * of the host's CLOCK_MONOTONIC. Copies whose timestamps are missing or out of order are counted as unusable.
 */
export class HopRecorder {
  /** One of so many copies is sampled. */
  readonly sampledEach: number
  readonly #mask: number
  readonly #toNode = createHistogram()
  readonly #broker = createHistogram()
  readonly #toClient = createHistogram()
  readonly #sameNode = createHistogram()
  readonly #crossNode = createHistogram()
  #measureMicros = Number.POSITIVE_INFINITY
  #unusable = 0

  constructor(deliveriesPerSecond: number) {
    this.sampledEach = sampledEach(deliveriesPerSecond)
    this.#mask = this.sampledEach - 1
  }

  setMeasureStart(measureMicros: number): void {
    this.#measureMicros = measureMicros
  }

  /** Whether the client's copy of a message is sampled: some copies of every message, and one in `sampledEach` of every client. */
  isSampled(client: number, sequence: number): boolean {
    return ((client + sequence) & this.#mask) === 0
  }

  /** Takes the first copy of a message, with its header at `start`. Replayed copies are skipped, because they waited. */
  received(view: DataView, start: number, receivedMicros: number): void {
    const sentMicros = view.getFloat64(start + at.sent, true)
    if (sentMicros < this.#measureMicros || view.getUint8(start + at.status) !== 0) return
    const egressMicros = view.getFloat64(start + at.egress, true)
    const ingressNode = view.getUint16(start + at.ingressNode, true)
    // A message that a backend published passed no ingress node, so only its last hop is known.
    const ingressMicros = ingressNode === NO_NODE ? sentMicros : view.getFloat64(start + at.ingress, true)
    if (!isOrdered(sentMicros, ingressMicros, egressMicros, receivedMicros)) {
      this.#unusable += 1
      return
    }
    record(this.#toClient, receivedMicros - egressMicros)
    if (ingressNode === NO_NODE) return
    record(this.#toNode, ingressMicros - sentMicros)
    record(this.#broker, egressMicros - ingressMicros)
    const isSameNode = ingressNode === view.getUint16(start + at.egressNode, true)
    record(isSameNode ? this.#sameNode : this.#crossNode, receivedMicros - sentMicros)
  }

  encode(): WorkerHops {
    return {
      sampledEach: this.sampledEach,
      unusable: this.#unusable,
      toNode: encodeHistogram(this.#toNode),
      broker: encodeHistogram(this.#broker),
      toClient: encodeHistogram(this.#toClient),
      sameNode: encodeHistogram(this.#sameNode),
      crossNode: encodeHistogram(this.#crossNode),
    }
  }
}

/** The smallest power of two that keeps all workers together within SAMPLES_PER_SECOND. */
export function sampledEach(deliveriesPerSecond: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(deliveriesPerSecond / SAMPLES_PER_SECOND)))
}

function isOrdered(sent: number, ingress: number, egress: number, received: number): boolean {
  return (
    ingress >= sent - CLOCK_MICROS && egress >= ingress - CLOCK_MICROS && received >= egress - CLOCK_MICROS
  )
}

function record(histogram: Histogram, micros: number): void {
  histogram.recordValue(Math.min(HIGHEST_MICROS, Math.max(0, Math.round(micros))))
}
