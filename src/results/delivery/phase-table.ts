import type { PhaseSpan } from '../../plan/plan.js'

/**
 * Sorts messages into phases by the time at which they were meant to be sent. What is before the first span or after the
 * last counts with that span; before `setMeasureStart` all is of the first. Spans of one name are one phase.
 */
export class PhaseTable {
  readonly names: readonly string[]
  /** Start of each span, ascending; the first is −Infinity. */
  readonly startsMicros: Float64Array<ArrayBuffer>
  readonly #phaseOfSpan: readonly number[]

  constructor(
    readonly spans: readonly PhaseSpan[],
    measureMicros = Number.POSITIVE_INFINITY,
  ) {
    this.names = [...new Set(spans.map(({ name }) => name))]
    this.#phaseOfSpan = spans.map(({ name }) => this.names.indexOf(name))
    this.startsMicros = new Float64Array(spans.length)
    this.setMeasureStart(measureMicros)
  }

  setMeasureStart(measureMicros: number): void {
    this.spans.forEach(({ startMs }, span) => {
      this.startsMicros[span] = span === 0 ? Number.NEGATIVE_INFINITY : measureMicros + startMs * 1000
    })
  }

  /** Index into `names`. */
  phaseOf(span: number): number {
    return this.#phaseOfSpan[span]!
  }

  /** Index into `names` of what was meant to be sent at `plannedMicros`. */
  phaseAt(plannedMicros: number): number {
    let span = this.spans.length - 1
    while (span > 0 && this.startsMicros[span]! > plannedMicros) span -= 1
    return this.#phaseOfSpan[span]!
  }
}
