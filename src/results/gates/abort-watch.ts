import type { AbortGate, PhaseSpan } from '../../plan/plan.js'
import type { TimelineRow } from '../result.js'
import type { Abort } from '../run-record.js'
import { type Gate, gateResult, parseGate } from './gates.js'
import type { Metric } from './metric.js'
import { metrics } from './metrics.js'
import { secondsOf, WindowSum } from './window-sum.js'
import { findingOf } from './windows.js'

/** Why a gate can't be judged while the run goes on; null if it can. */
export function whyNotLive({ metric: name, selector }: Gate): string | null {
  const reading = metrics.get(name)?.inSeconds
  if (!reading?.isLive) return `${name} is known only at the end`
  if (selector && !reading.selectors.includes(selector.key)) {
    return `${name} by ${selector.key} is known only at the end`
  }
  return null
}

/** Judges the gates that may end a run, second by second. */
export class AbortWatch {
  readonly #watched: readonly Watched[]

  constructor(gates: readonly AbortGate[], spans: readonly PhaseSpan[]) {
    this.#watched = gates.map((gate) => new Watched(gate, spans))
  }

  /** The first gate that is missed with this second; null while all hold. */
  look(second: TimelineRow): Abort | null {
    const missed = this.#watched.map((watched) => watched.look(second))
    return missed.find((abort) => abort !== null) ?? null
  }
}

class Watched {
  readonly #gate: Gate
  readonly #metric: Metric
  #sum: WindowSum
  #spanStartMs: number | null = null

  constructor(
    readonly abort: AbortGate,
    readonly spans: readonly PhaseSpan[],
  ) {
    this.#gate = parseGate(abort.gate)
    this.#metric = metrics.get(this.#gate.metric)!
    this.#sum = this.#newSum()
  }

  look(second: TimelineRow): Abort | null {
    if (!this.#takes(second) || this.#sum.endMs < this.abort.afterMs) return null
    const finding = findingOf(this.#metric, this.#sum)
    const isWindow = this.#gate.windowMs !== null
    if (isWindow ? !this.#sum.isFull : finding.value === null) return null
    const { ok, reason, expression } = gateResult(this.#gate, this.#metric, finding)
    return ok ? null : { expression, reason }
  }

  /** Whether the second is of those that the gate is about; a window does not reach over from one span into another. */
  #takes(second: TimelineRow): boolean {
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
