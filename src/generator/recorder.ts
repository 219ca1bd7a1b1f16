import type { Histogram } from 'hdr-histogram-js'
import type { PhaseSpan } from '../plan/plan.js'
import { type Clamped, createHistogram, encodeHistogram } from '../results/latency/histogram.js'
import { MicrosCounts } from '../results/latency/micros-counts.js'
import type { WorkerHistograms } from '../results/worker-records.js'
import type { Stamps } from './received-copy.js'

/** Timers count whole milliseconds and a scheduler's turn takes a few: below this, late is not overrun at any rate. */
const OVERRUN_MICROS = 10_000

/** All latencies of a worker. Records only; percentiles are derived by whoever merges. */
export class Recorder {
  readonly service = new MicrosCounts()
  readonly sendDelay = new MicrosCounts()
  readonly connect = new MicrosCounts()
  readonly clamped: Clamped = { negative: 0, tooLong: 0 }
  /** Sends so late that the publisher's next message was due already; see OVERRUN_MICROS. */
  overruns = 0
  /** By phase. */
  readonly #intended: MicrosCounts[]
  readonly #startMicros: Float64Array
  #previous = new Float64Array(0)
  #measureMicros = Number.POSITIVE_INFINITY
  #phase = 0

  constructor(readonly spans: readonly PhaseSpan[]) {
    this.#intended = spans.map(() => new MicrosCounts())
    this.#startMicros = Float64Array.from(spans, (span) => span.startMs * 1000)
  }

  setMeasureStart(measureMicros: number): void {
    this.#measureMicros = measureMicros
  }

  /** First copy of a message. Service time is kept of the measure phase only. */
  received(copy: Stamps): void {
    const { receivedMicros, sentMicros } = copy
    const counts = this.#intended[this.#phaseOf(copy)]!
    counts.record(Math.round(receivedMicros - copy.intendedMicros), this.clamped)
    if (sentMicros < this.#measureMicros) return
    this.service.record(Math.round(receivedMicros - sentMicros), this.clamped)
  }

  /** A message was written. Kept of the measure phase only. */
  sent(intendedMicros: number, sentMicros: number, intervalMicros: number): void {
    if (sentMicros < this.#measureMicros) return
    const lateMicros = sentMicros - intendedMicros
    this.sendDelay.record(Math.round(lateMicros), this.clamped)
    if (lateMicros > Math.max(intervalMicros, OVERRUN_MICROS)) this.overruns += 1
  }

  opened(connectMicros: number): void {
    this.connect.record(Math.round(connectMicros), this.clamped)
  }

  /** What `received` recorded since the last call: pairs of (index into a histogram's counts, count). */
  takeLatency(): Uint32Array {
    const phases = this.#intended.map(({ counts }) => counts)
    const length = phases[0]?.length ?? 0
    if (this.#previous.length === 0) this.#previous = new Float64Array(length)
    const pairs: number[] = []
    for (let index = 0; index < length; index += 1) {
      let count = 0
      // By index: this turns some ten thousand times a second, and an iterator is an object.
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
      all.add(this.#intended[index]!.toHistogram())
      byPhase.set(name, all)
    })
    return {
      intendedByPhase: Object.fromEntries([...byPhase].map(([name, all]) => [name, encodeHistogram(all)])),
      service: encodeHistogram(this.service.toHistogram()),
      sendDelay: encodeHistogram(this.sendDelay.toHistogram()),
      connect: encodeHistogram(this.connect.toHistogram()),
      ...this.clamped,
    }
  }

  /** Messages come almost in order of their send time, so the last answer is nearly always right. */
  #phaseOf({ sentMicros }: Stamps): number {
    const sinceMeasure = sentMicros - this.#measureMicros
    const starts = this.#startMicros
    while (this.#phase > 0 && sinceMeasure < starts[this.#phase]!) this.#phase -= 1
    while (this.#phase + 1 < starts.length && sinceMeasure >= starts[this.#phase + 1]!) this.#phase += 1
    return this.#phase
  }
}
