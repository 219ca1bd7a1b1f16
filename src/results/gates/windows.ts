import { formatDuration } from '../../base/format.js'
import type { PhaseSpan } from '../../plan/plan.js'
import type { TimelineRow } from '../result.js'
import { type Gate, operators } from './gate-grammar.js'
import type { Metric } from './metric.js'
import { secondsOf, WindowSum } from './window-sum.js'

/** What a gate is judged by: a value, in which span of the measure phase, or why there is none. */
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
 * The window that decides a gate: the first without anything to judge, else the first that violates it most, else the
 * nearest to its bound. Windows are all runs of `windowMs` whole seconds within the measure phase, or within a span of the
 * selected phase. Null when the timeline has no seconds of that phase at all.
 */
export function judgeWindows(gate: Gate, metric: Metric, { timeline, spans }: Seconds): Finding | null {
  const stretches = secondsOf(timeline, spans, gate.selector?.value ?? null)
  if (stretches.every((seconds) => seconds.length === 0)) return null
  let decisive: Finding | null = null
  for (const seconds of stretches) {
    for (const finding of windowFindings(gate, metric, seconds)) {
      if (finding.value === null) return finding
      if (decisive === null || isWorse(finding.value, decisive.value!, gate)) decisive = finding
    }
  }
  return decisive ?? { value: null, reason: `no ${formatDuration(gate.windowMs!)} in a row were measured` }
}

/** A finding for each window, in their order. */
function* windowFindings(gate: Gate, metric: Metric, seconds: readonly TimelineRow[]): Generator<Finding> {
  const sum = new WindowSum(gate.windowMs! / 1000)
  for (const second of seconds) {
    sum.add(second)
    if (sum.isFull) yield findingOf(metric, sum)
  }
}

/** What a full window says. */
export function findingOf(metric: Metric, sum: WindowSum): Finding {
  return { value: metric.inSeconds!.read(sum), span: { startMs: sum.startMs, endMs: sum.endMs } }
}

function isWorse(value: number, than: number, { operator, bound }: Gate): boolean {
  if (operator === '<' || operator === '<=') return value > than
  if (operator === '>' || operator === '>=') return value < than
  const { holds } = operators[operator]
  return holds(than, bound) && !holds(value, bound)
}
