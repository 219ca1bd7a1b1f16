import { formatDuration } from '../../base/format.js'
import type { PhaseSpan } from '../../plan/plan.js'
import type { TimelineRow } from '../result.js'
import { type Gate, operators } from './gate-grammar.js'
import type { Metric } from './metric.js'
import { secondsOf, WindowSum } from './window-sum.js'

/** What a gate is judged by: a value and the window that it is of, or why there is none. */
export interface Finding {
  readonly value: number | null
  readonly reason?: string
  readonly span?: { readonly startMs: number; readonly endMs: number }
}

export interface Seconds {
  readonly timeline: readonly TimelineRow[]
  readonly spans: readonly PhaseSpan[]
}

/**
 * The window that decides a gate: the first with nothing to judge, else the first of the worst value. Windows are all runs of
 * `windowMs` whole seconds within the measure phase, or within a span of the selected phase. Null if the timeline has no
 * seconds of that phase.
 */
export function judgeWindows(gate: Gate, metric: Metric, { timeline, spans }: Seconds): Finding | null {
  const bySpan = secondsOf(timeline, spans, gate.selector?.value ?? null)
  if (bySpan.every((seconds) => seconds.length === 0)) return null
  let decisive: Finding | null = null
  for (const seconds of bySpan) {
    for (const finding of windowFindings(gate, metric, seconds)) {
      if (finding.value === null) return finding
      if (decisive === null || isWorse(finding.value, decisive.value!, gate)) decisive = finding
    }
  }
  return decisive ?? { value: null, reason: `no ${formatDuration(gate.windowMs!)} in a row were measured` }
}

/** A finding for each window, in order. */
function* windowFindings(gate: Gate, metric: Metric, seconds: readonly TimelineRow[]): Generator<Finding> {
  const sum = new WindowSum(gate.windowMs! / 1000)
  for (const second of seconds) {
    sum.add(second)
    if (sum.isFull) yield findingOf(metric, sum)
  }
}

/** The finding of a full window. */
export function findingOf(metric: Metric, sum: WindowSum): Finding {
  return { value: metric.inSeconds!.read(sum), span: { startMs: sum.startMs, endMs: sum.endMs } }
}

function isWorse(value: number, than: number, { operator, bound }: Gate): boolean {
  if (operator === '<' || operator === '<=') return value > than
  if (operator === '>' || operator === '>=') return value < than
  const { passes } = operators[operator]
  return passes(than, bound) && !passes(value, bound)
}
