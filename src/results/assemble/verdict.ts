import type { GateResult, Measurement, Verdict } from '../result.js'
import type { RunRecord } from '../run-record.js'
import { validityIssues } from './validity.js'

export interface Evidence {
  readonly measurement: Measurement
  readonly gates: readonly GateResult[]
  readonly record: RunRecord
}

const byPriority = ['interrupted', 'invalid', 'fail'] as const satisfies readonly Verdict['outcome'][]

/**
 * The most serious outcome that applies: interrupted, then invalid (the figures can't be trusted), then fail (a gate failed),
 * else pass. The reasons are those of all outcomes, in that order.
 */
export function judge(evidence: Evidence): Verdict {
  const issues = validityIssues(evidence.measurement, evidence.record)
  const found = {
    interrupted: interruption(evidence),
    invalid: issues.map(({ reason }) => reason),
    fail: [...stop(evidence), ...failedGates(evidence.gates)],
  }
  return {
    outcome: byPriority.find((outcome) => found[outcome].length > 0) ?? 'pass',
    reasons: byPriority.flatMap((outcome) => found[outcome]),
    attributedTo: [...new Set(issues.map(({ attributedTo }) => attributedTo))],
  }
}

function failedGates(gates: readonly GateResult[]): string[] {
  return gates.flatMap(({ expression, ok, reason }) => (ok ? [] : [`${expression}: ${reason}`]))
}

function interruption(evidence: Evidence): string[] {
  const { isInterrupted, haltReason } = evidence.record.incidents
  if (!isInterrupted) return []
  return [`interrupted after ${measuredOf(evidence)}${haltReason === null ? '' : `: ${haltReason}`}`]
}

function stop(evidence: Evidence): string[] {
  const { abort } = evidence.record
  return abort ? [`stopped after ${measuredOf(evidence)} by ${abort.expression}: ${abort.reason}`] : []
}

/** `12.3 s of 60 s measured` */
function measuredOf({ measurement, record }: Evidence): string {
  const measuredSeconds = Math.max(0, record.stoppedMicros - record.measureMicros) / 1_000_000
  const plannedSeconds = measurement.scenario.plan.phases.measureMs / 1000
  return `${measuredSeconds.toFixed(1)} s of ${plannedSeconds} s measured`
}
