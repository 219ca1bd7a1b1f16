import { formatCount, formatDuration } from '../../base/format.js'
import { failsForCertain } from '../gates/gates.js'
import { isServersOwn } from '../refusals.js'
import type { GateResult, Measurement, RefusalResult, Verdict } from '../result.js'
import type { RunRecord } from '../run-record.js'
import { relief } from './bounds.js'
import { keptOutWords } from './kept-out.js'
import { type ValidityIssue, validityIssues } from './validity.js'

export interface Evidence {
  readonly measurement: Measurement
  readonly gates: readonly GateResult[]
  readonly record: RunRecord
}

const byPriority = ['interrupted', 'invalid', 'fail'] as const satisfies readonly Verdict['outcome'][]

/**
 * The most serious outcome that applies: interrupted, then invalid (the figures can't be trusted, or they are too near a limit for
 * this generator), then fail (a gate failed),
 * else pass. The reasons are those of all outcomes, in that order.
 */
export function judge(evidence: Evidence): Verdict {
  const issues = [...validityIssues(evidence.measurement, evidence.record), ...undecidedGates(evidence.gates)]
  const invalidating = isFailureCertain(issues, evidence) ? [] : issues
  const found = {
    interrupted: interruption(evidence),
    invalid: invalidating.map(reasonOf),
    fail: [
      ...stop(evidence),
      ...absent(evidence),
      ...outage(evidence.measurement),
      ...silence(evidence.record),
      ...failedGates(evidence.gates),
      ...issues.filter((issue) => !invalidating.includes(issue)).map(reasonOf),
    ],
  }
  return {
    outcome: byPriority.find((outcome) => found[outcome].length > 0) ?? 'pass',
    reasons: byPriority.flatMap((outcome) => found[outcome]),
    attributedTo: [...new Set(invalidating.map(({ attributedTo }) => attributedTo))],
  }
}

/** What the issues leave certain breaks a gate by itself, or the server itself kept clients out. */
function isFailureCertain(issues: readonly ValidityIssue[], { gates, measurement }: Evidence): boolean {
  const isCertain = gates.some(failsForCertain) || measurement.connections.refusals.some(keepsOut)
  return issues.every(({ leavesLowerBounds }) => leavesLowerBounds) && isCertain
}

function keepsOut(refusal: RefusalResult): boolean {
  return isServersOwn(refusal) && refusal.neverSubscribed + refusal.neverConnected > 0
}

function reasonOf({ reason }: ValidityIssue): string {
  return reason
}

function failedGates(gates: readonly GateResult[]): string[] {
  return gates.flatMap(({ expression, outcome, reason }) =>
    outcome === 'fail' ? [`${expression}: ${reason}`] : [],
  )
}

function undecidedGates(gates: readonly GateResult[]): ValidityIssue[] {
  return gates.flatMap(({ expression, outcome, reason }) =>
    outcome === 'undecided'
      ? [
          {
            attributedTo: 'generator' as const,
            leavesLowerBounds: false,
            reason: `${expression} is ${reason}: ${relief}`,
          },
        ]
      : [],
  )
}

/** A run in which nothing arrived in time does not pass, whatever its gates require. */
function outage({ delivery, connections }: Measurement): string[] {
  if (delivery.planned === 0 || delivery.delivered + delivery.replayed > 0) return []
  const { planned, unpublished, neverSubscribed, indeterminate, late, lost } = delivery
  const failed = Object.entries(connections.failed)
  return [
    `none of ${formatCount(planned)} planned deliveries happened in time: ${[
      ...some(unpublished, 'unpublished'),
      ...some(neverSubscribed, 'of members that were never subscribed'),
      ...some(indeterminate, 'of messages that were neither confirmed nor received'),
      ...some(late, 'late'),
      ...some(lost, 'lost'),
      ...failed.flatMap(([kind, count]) => some(count, `connects failed (${kind})`)),
    ].join(', ')}`,
  ]
}

/** Nor does one with clients or publishers that never got in, or with clients that an event sent away for good. */
function absent({ measurement: { connections, events, scenario }, record }: Evidence): string[] {
  if (record.incidents.isInterrupted || record.abort !== null) return []
  const { clients, phases } = scenario.plan
  const endMs = (record.stoppedMicros - record.measureMicros) / 1000
  const gone = events.filter(
    ({ affectedClients, recovery, startedAtMs }) =>
      affectedClients > 0 &&
      recovery.recovered === 0 &&
      endMs - startedAtMs >= phases.graceMs + clients.reconnect.baseMs,
  )
  return [
    ...keptOutWords(connections, scenario.plan),
    ...gone.map(
      ({ id, affectedClients }) =>
        `none of the ${formatCount(affectedClients)} clients that ${id} disconnected came back`,
    ),
  ]
}

/** Nor does one that was silent at its end, for longer than a message may take. */
function silence({ plan, silence: { sends, lastsMicros } }: RunRecord): string[] {
  const silentMs = lastsMicros / 1000
  if (silentMs <= plan.phases.graceMs || !Number.isFinite(silentMs)) return []
  return [
    `nothing arrived of ${formatCount(sends)} messages scheduled in the last ${formatDuration(silentMs)}: ` +
      'the cluster did not recover',
  ]
}

function some(count: number, what: string): string[] {
  return count === 0 ? [] : [`${formatCount(count)} ${what}`]
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
