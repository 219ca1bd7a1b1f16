import type { AbortGate, PhaseSpan, Plan } from '../../plan/plan.js'
import { secondOf, timelineOf } from '../assemble/timeline.js'
import type { TimelineRow } from '../result.js'
import type { Abort } from '../run-record.js'
import type { Tick } from '../worker-records.js'
import { type Gate, gateResult, parseGate } from './gates.js'
import type { Metric } from './metric.js'
import { metrics } from './metrics.js'
import { secondsOf, WindowSum } from './window-sum.js'
import { findingOf } from './windows.js'

/** Why a gate can't be judged during the run; null if it can. */
export function whyNotLive({ metric: name, selector }: Gate): string | null {
  const reading = metrics.get(name)?.inSeconds
  if (!reading?.isLive) return `${name} is known only at the end`
  if (selector && !reading.selectors.includes(selector.key)) {
    return `${name} by ${selector.key} is known only at the end`
  }
  return null
}

/** Observes a run: judges its gates with `abortOnFail` second by second, and stops it with the first second that fails one. */
export class AbortGates {
  /** The gate that failed; null as long as all pass. */
  abort: Abort | null = null
  readonly #gates: readonly LiveGate[]
  #measureMicros = Number.POSITIVE_INFINITY
  #pending: Tick[] = []
  #nextSecond = 0

  constructor(
    { abortGates, phases }: Pick<Plan, 'abortGates' | 'phases'>,
    readonly stop: () => void,
  ) {
    this.#gates = abortGates.map((gate) => new LiveGate(gate, phases.spans))
  }

  /** The measure phase begins at `measureMicros`. */
  onStart(measureMicros: number): void {
    this.#measureMicros = measureMicros
  }

  onTick(_worker: number, tick: Tick): void {
    if (this.#gates.length === 0 || this.abort) return
    for (const second of this.#completeSeconds(tick)) {
      const failures = this.#gates.map((gate) => gate.check(second))
      this.abort ??= failures.find((failure) => failure !== null) ?? null
    }
    if (this.abort) this.stop()
  }

  /**
   * The seconds of the measure phase that are complete with this tick, in order. A second is complete once any worker has
   * reported a later one. What slower workers report of it after that is left out, and so is balance, which is not known yet.
   */
  #completeSeconds(tick: Tick): TimelineRow[] {
    const measureMicros = this.#measureMicros
    const second = secondOf(tick, measureMicros)
    if (second < this.#nextSecond) return []
    const complete = this.#pending.filter((other) => secondOf(other, measureMicros) < second)
    this.#pending = [...this.#pending.filter((other) => !complete.includes(other)), tick]
    if (complete.length === 0) return []
    this.#nextSecond = second
    const ticks = complete.map((other) => [other])
    return timelineOf({ ticks, measureMicros, nodes: [], lostBySecond: {} })
  }
}

class LiveGate {
  readonly #gate: Gate
  readonly #metric: Metric
  #sum: WindowSum
  #spanStartMs: number | null = null

  constructor(
    readonly planned: AbortGate,
    readonly spans: readonly PhaseSpan[],
  ) {
    this.#gate = parseGate(planned.gate)
    this.#metric = metrics.get(this.#gate.metric)!
    this.#sum = this.#newSum()
  }

  /** Null as long as the gate passes, or has nothing to judge yet. */
  check(second: TimelineRow): Abort | null {
    if (!this.#add(second) || this.#sum.endMs < this.planned.afterMs) return null
    const finding = findingOf(this.#metric, this.#sum)
    const isWindow = this.#gate.windowMs !== null
    if (isWindow ? !this.#sum.isFull : finding.value === null) return null
    const { outcome, reason, expression } = gateResult(this.#gate, this.#metric, finding, null)
    return outcome === 'pass' ? null : { expression, reason }
  }

  /** Adds a second of the gate's phase; false for any other. A window begins anew with each span of its phase. */
  #add(second: TimelineRow): boolean {
    const { selector, windowMs } = this.#gate
    const phase = selector?.value ?? null
    if (secondsOf([second], this.spans, phase).every((seconds) => seconds.length === 0)) return false
    const span = this.spans.find(
      ({ name, endMs }) => (phase === null || name === phase) && second.tMs < endMs,
    )
    if (windowMs !== null && phase !== null && span && span.startMs !== this.#spanStartMs) {
      this.#spanStartMs = span.startMs
      this.#sum = this.#newSum()
    }
    this.#sum.add(second)
    return true
  }

  #newSum(): WindowSum {
    return new WindowSum(this.#gate.windowMs === null ? undefined : this.#gate.windowMs / 1000)
  }
}
