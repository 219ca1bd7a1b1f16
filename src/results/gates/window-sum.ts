import type { Histogram } from 'hdr-histogram-js'
import type { PhaseSpan } from '../../plan/plan.js'
import { createHistogram, decodeHistogram } from '../latency/histogram.js'
import type { TimelineRow } from '../result.js'

/** Some seconds of the timeline, summed up. */
export interface SecondsSum {
  readonly startMs: number
  readonly endMs: number
  /** From planned send, of what was received in them, µs. */
  readonly latency: Histogram
  readonly sent: number
  /** Of the messages sent in them. */
  readonly lost: number
  readonly connects: number
  readonly disconnects: number
  /** Copies of any class. */
  readonly received: number
}

const SECOND_MS = 1000

/** The sum of the latest seconds. */
export class WindowSum implements SecondsSum {
  readonly latency = createHistogram()
  sent = 0
  lost = 0
  connects = 0
  disconnects = 0
  received = 0
  readonly #seconds: { readonly row: TimelineRow; readonly latency: Histogram | null }[] = []

  /** `keepsSeconds`: the most seconds that the sum covers; after that, each new one replaces the oldest. */
  constructor(readonly keepsSeconds = Number.POSITIVE_INFINITY) {}

  get seconds(): number {
    return this.#seconds.length
  }

  get startMs(): number {
    return this.#seconds[0]?.row.tMs ?? 0
  }

  get endMs(): number {
    return (this.#seconds.at(-1)?.row.tMs ?? -SECOND_MS) + SECOND_MS
  }

  get isFull(): boolean {
    return this.seconds === this.keepsSeconds
  }

  add(row: TimelineRow): void {
    const latency = row.histogram === null ? null : decodeHistogram(row.histogram)
    if (latency) this.latency.add(latency)
    this.#count(row, 1)
    // A histogram that is never subtracted need not be kept.
    this.#seconds.push({ row, latency: Number.isFinite(this.keepsSeconds) ? latency : null })
    if (this.seconds > this.keepsSeconds) this.#dropOldest()
  }

  #dropOldest(): void {
    const { row, latency } = this.#seconds.shift()!
    if (latency) this.latency.subtract(latency)
    this.#count(row, -1)
  }

  #count({ sent, lost, connects, disconnects, received }: TimelineRow, sign: 1 | -1): void {
    this.sent += sign * sent
    this.lost += sign * lost
    this.connects += sign * connects
    this.disconnects += sign * disconnects
    this.received += sign * received
  }
}

/** Whole seconds of the timeline within the measure phase, or within the spans of one phase: a list per span. */
export function secondsOf(
  timeline: readonly TimelineRow[],
  spans: readonly PhaseSpan[],
  phase: string | null,
): TimelineRow[][] {
  const measured = { startMs: 0, endMs: spans.at(-1)?.endMs ?? 0 }
  const chosen = phase === null ? [measured] : spans.filter(({ name }) => name === phase)
  return chosen.map(({ startMs, endMs }) =>
    timeline.filter(({ tMs }) => tMs >= startMs && tMs + SECOND_MS <= endMs),
  )
}
