import { formatCount, formatShare } from '../../base/format.js'
import { sumOf } from '../../base/sum.js'
import type { UnexpectedExit } from '../../cluster/cluster.js'
import type { Component, Measurement } from '../result.js'
import type { RunRecord } from '../run-record.js'
import { readingsOf } from './bounds.js'

/** Share of latencies below 0 that is still accepted. */
const NEGATIVE_SHARE = 0.001

/** A reason why the figures of a run can't be trusted. */
export interface ValidityIssue {
  readonly attributedTo: Component
  /** What was measured, its bound, and what to change. */
  readonly reason: string
  /** Counts that are lower bounds (`Metric.isLowerBound`) can be trusted all the same. */
  readonly leavesLowerBounds: boolean
}

/** What is certain comes before what may follow from it: the first is the most likely cause. */
export function validityIssues(measurement: Measurement, record: RunRecord): ValidityIssue[] {
  const { unexpectedExits, faults, violations } = record.incidents
  return [
    ...attributedTo('cluster', unexpectedExits.map(exitReason)),
    ...attributedTo('generator', faults.map(faultReason)),
    ...overloadIssues(measurement),
    ...attributedTo('run', violations.map(violationReason)),
    ...attributedTo('run', nothingPlanned(measurement, record)),
    ...ambiguity(measurement),
    ...attributedTo('machine', clockReasons(measurement)),
    ...attributedTo('run', eventReasons(measurement, record)),
  ]
}

function attributedTo(component: Component, reasons: readonly string[]): ValidityIssue[] {
  return reasons.map((reason) => ({ attributedTo: component, reason, leavesLowerBounds: false }))
}

function faultReason(fault: string): string {
  return `${fault}; the figures lack its clients`
}

function exitReason({ part, how, logTail }: UnexpectedExit): string {
  return `${part} exited unexpectedly (${how}): ${lastLine(logTail)}`
}

function violationReason(violation: string): string {
  return `accounting identity violated: ${violation}; this is a bug in wsbench, please report it`
}

function lastLine(log: string): string {
  return log.trimEnd().split('\n').at(-1) || 'its log is empty'
}

function nothingPlanned({ delivery }: Measurement, { incidents }: RunRecord): string[] {
  return delivery.planned > 0 || incidents.faults.length > 0
    ? []
    : ['no delivery was planned: publish more, or measure longer']
}

function ambiguity({ delivery: { ambiguous } }: Measurement): ValidityIssue[] {
  if (ambiguous === 0) return []
  const reason =
    `${formatCount(ambiguous)} deliveries are ambiguous, bound 0: ` +
    'too many gaps were open at once; lower the rate or shorten the outage'
  return [{ attributedTo: 'run', reason, leavesLowerBounds: true }]
}

function clockReasons({ latency }: Measurement): string[] {
  const samples = sumOf(Object.values(latency.byPhase), ({ count }) => count)
  const negativeShare = samples === 0 ? 0 : latency.negative / samples
  if (negativeShare <= NEGATIVE_SHARE) return []
  return [
    `${formatShare(negativeShare)} of latencies are negative, bound ${formatShare(NEGATIVE_SHARE)}: ` +
      'the clocks disagree; run generator and publishers on one host',
  ]
}

function eventReasons({ events }: Measurement, { plan, abort, incidents }: RunRecord): string[] {
  const started = new Set(events.map(({ id }) => id))
  const isCutShort = incidents.isInterrupted || abort !== null
  const missing = isCutShort ? [] : plan.chaos.filter(({ id }) => !started.has(id))
  return [
    ...events.flatMap(({ id, failure }) =>
      failure === null ? [] : [`${id} failed, so its effects were not tested: ${failure}`],
    ),
    ...missing.map(({ id }) => `${id} never started; it must fit into the measure phase`),
  ]
}

function overloadIssues(measurement: Measurement): ValidityIssue[] {
  return readingsOf(measurement).flatMap(({ words, advice, isExceeded, attributedTo: component }) =>
    isExceeded
      ? [
          {
            attributedTo: component,
            reason: `${words}: ${advice}`,
            leavesLowerBounds: component === 'cluster',
          },
        ]
      : [],
  )
}
