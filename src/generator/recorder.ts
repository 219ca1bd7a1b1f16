import type { Histogram } from 'hdr-histogram-js'
import type { PhaseSpan } from '../plan/plan.js'
import { type Clamped, createHistogram, encodeHistogram } from '../results/latency/histogram.js'
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
  /** By phase. */
  readonly #fromPlannedSend: MicrosCounts[]
  readonly #startMicros: Float64Array
  #previous = new Float64Array(0)
  #measureMicros = Number.POSITIVE_INFINITY
  #phase = 0

  constructor(readonly spans: readonly PhaseSpan[]) {
    this.#fromPlannedSend = spans.map(() => new MicrosCounts())
    this.#startMicros = Float64Array.from(spans, (span) => span.startMs * 1000)
  }

  setMeasureStart(measureMicros: number): void {
    this.#measureMicros = measureMicros
  }

  /** Records the first copy of a message; its service time only in the measure phase. */
  received(copy: Stamps): void {
    const { receivedMicros, sentMicros } = copy
    const counts = this.#fromPlannedSend[this.#phaseOf(copy)]!
    counts.record(Math.round(receivedMicros - copy.plannedMicros), this.clamped)
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
    const phases = this.#fromPlannedSend.map(({ counts }) => counts)
    const length = phases[0]?.length ?? 0
    if (this.#previous.length === 0) this.#previous = new Float64Array(length)
    const pairs: number[] = []
    for (let index = 0; index < length; index += 1) {
      let count = 0
      // By index: this runs some ten thousand times a second, and an iterator would be allocated each time.
      for (let phase = 0; phase < phases.length; phase += 1) count += phases[phase]![index]!
      if (count !== this.#previous[index]) pairs.push(index, count - this.#previous[index]!)
      this.#previous[index] = count
    }
    return Uint32Array.from(pairs)
  }

  encode(): Omit<WorkerHistograms, 'hops'> {
    const byPhase = new Map<string, Histogram>()
    this.spans.forEach(({ name }, index) => {
      const all = byPhase.get(name) ?? createHistogram()
      all.add(this.#fromPlannedSend[index]!.toHistogram())
      byPhase.set(name, all)
    })
    return {
      fromPlannedSendByPhase: Object.fromEntries(
        [...byPhase].map(([name, all]) => [name, encodeHistogram(all)]),
      ),
      service: encodeHistogram(this.service.toHistogram()),
      sendDelay: encodeHistogram(this.sendDelay.toHistogram()),
      connect: encodeHistogram(this.connect.toHistogram()),
      ...this.clamped,
    }
  }

  /** Starts at the last phase found: messages arrive almost in the order they were sent. */
  #phaseOf({ sentMicros }: Stamps): number {
    const sinceMeasure = sentMicros - this.#measureMicros
    const starts = this.#startMicros
    while (this.#phase > 0 && sinceMeasure < starts[this.#phase]!) this.#phase -= 1
    while (this.#phase + 1 < starts.length && sinceMeasure >= starts[this.#phase + 1]!) this.#phase += 1
    return this.#phase
  }
}
