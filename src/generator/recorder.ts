import type { Plan } from '../plan/plan.js'
import type { SubscriptionLayout } from '../results/delivery/layout.js'
import { type Clamped, encodeHistogram } from '../results/latency/histogram.js'
import { MicrosCounts } from '../results/latency/micros-counts.js'
import type { WorkerHistograms } from '../results/worker-records.js'
import type { Stamps } from './received-copy.js'

/** A smaller delay is never an overrun: timers count whole milliseconds, and a scheduling quantum takes a few. */
const OVERRUN_MICROS = 10_000

/** Records the latencies of a worker. Percentiles are derived after the workers' histograms are merged. */
export class Recorder {
  readonly service = new MicrosCounts()
  readonly sendDelay = new MicrosCounts()
  readonly connect = new MicrosCounts()
  readonly clamped: Clamped = { negative: 0, tooLong: 0 }
  /** Messages sent so late that the publisher's next one was already planned; see OVERRUN_MICROS. */
  overruns = 0
  readonly #phases: readonly string[]
  readonly #channels: readonly string[]
  /** By phase and, within it, channel group; null as long as nothing was recorded. */
  readonly #fromPlannedSend: (MicrosCounts | null)[]
  /** By span: the index of its phase's first histogram. */
  readonly #firstOfPhase: Int32Array
  readonly #startMicros: Float64Array
  readonly #groupOf: Int32Array
  #previous = new MicrosCounts().counts
  #measureMicros = Number.POSITIVE_INFINITY
  #span = 0

  constructor(
    { phases: { spans }, channels }: Pick<Plan, 'phases' | 'channels'>,
    { groupOf }: Pick<SubscriptionLayout, 'groupOf'>,
  ) {
    this.#phases = [...new Set(spans.map(({ name }) => name))]
    this.#channels = channels.map(({ name }) => name)
    this.#fromPlannedSend = Array.from({ length: this.#phases.length * channels.length }, () => null)
    this.#firstOfPhase = Int32Array.from(spans, ({ name }) => this.#phases.indexOf(name) * channels.length)
    this.#startMicros = Float64Array.from(spans, (span) => span.startMs * 1000)
    this.#groupOf = groupOf
  }

  setMeasureStart(measureMicros: number): void {
    this.#measureMicros = measureMicros
  }

  /** Records the first copy of a message; its service time only in the measure phase. */
  received(copy: Stamps): void {
    const { receivedMicros, sentMicros } = copy
    const index = this.#firstOfPhase[this.#spanOf(copy)]! + this.#groupOf[copy.channel]!
    this.#fromPlannedSend[index] ??= new MicrosCounts()
    this.#fromPlannedSend[index].record(Math.round(receivedMicros - copy.plannedMicros), this.clamped)
    if (sentMicros < this.#measureMicros) return
    this.service.record(Math.round(receivedMicros - sentMicros), this.clamped)
  }

  /** Records the send of a message, in the measure phase only. */
  sent(plannedMicros: number, sentMicros: number, intervalMicros: number): void {
    if (sentMicros < this.#measureMicros) return
    const lateMicros = sentMicros - plannedMicros
    this.sendDelay.record(Math.round(lateMicros), this.clamped)
    if (lateMicros > Math.max(intervalMicros, OVERRUN_MICROS)) this.overruns += 1
  }

  opened(connectMicros: number): void {
    this.connect.record(Math.round(connectMicros), this.clamped)
  }

  /** What `received` recorded since the last call, as pairs of (index into a histogram's counts, count). */
  takeLatency(): Uint32Array {
    const sum = new MicrosCounts().counts
    for (const own of this.#fromPlannedSend) if (own !== null) addTo(sum, own.counts)
    const pairs: number[] = []
    for (let index = 0; index < sum.length; index += 1) {
      if (sum[index] !== this.#previous[index]) pairs.push(index, sum[index]! - this.#previous[index]!)
    }
    this.#previous = sum
    return Uint32Array.from(pairs)
  }

  encode(): Omit<WorkerHistograms, 'hops'> {
    const channels = this.#channels.length
    return {
      fromPlannedSend: this.#fromPlannedSend.flatMap((own, index) => {
        if (own === null) return []
        const phase = this.#phases[Math.floor(index / channels)]!
        const channel = this.#channels[index % channels]!
        return { phase, channel, histogram: encodeHistogram(own.toHistogram()) }
      }),
      service: encodeHistogram(this.service.toHistogram()),
      sendDelay: encodeHistogram(this.sendDelay.toHistogram()),
      connect: encodeHistogram(this.connect.toHistogram()),
      ...this.clamped,
    }
  }

  /** Starts at the last span found: messages arrive almost in the order they were sent. */
  #spanOf({ sentMicros }: Stamps): number {
    const sinceMeasure = sentMicros - this.#measureMicros
    const starts = this.#startMicros
    while (this.#span > 0 && sinceMeasure < starts[this.#span]!) this.#span -= 1
    while (this.#span + 1 < starts.length && sinceMeasure >= starts[this.#span + 1]!) this.#span += 1
    return this.#span
  }
}

/** By index: this runs some ten thousand times a second, and an iterator would be allocated each time. */
function addTo(sum: Float64Array, counts: Float64Array): void {
  for (let index = 0; index < sum.length; index += 1) sum[index] = sum[index]! + counts[index]!
}
