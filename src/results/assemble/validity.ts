import { formatCount, formatShare } from '../../base/format.js'
import type { UnexpectedExit } from '../../cluster/cluster.js'
import type { Component, Measurement } from '../result.js'
import type { RunRecord } from '../run-record.js'
import { readingsOf } from './bounds.js'

/** Share of latencies below 0 that a sound clock may give. */
const NEGATIVE_SHARE = 0.001

/** Why the figures of a run can't be trusted. */
export interface ValidityIssue {
  readonly attributedTo: Component
  /** What was seen, what may be, and what to change. */
  readonly reason: string
}

/** What is certain comes before what may follow from it, so that the first tells whom the run is laid on. */
export function validityIssues(measurement: Measurement, record: RunRecord): ValidityIssue[] {
  const { unexpectedExits, faults, violations } = record.trouble
  return [
    ...attributedTo('cluster', unexpectedExits.map(exitReason)),
    ...attributedTo('generator', faults.map(faultReason)),
    ...overloadIssues(measurement),
    ...attributedTo('run', violations.map(violationReason)),
    ...attributedTo('run', countingReasons(measurement)),
    ...attributedTo('machine', clockReasons(measurement)),
    ...attributedTo('run', eventReasons(measurement, record)),
  ]
}

function attributedTo(component: Component, reasons: readonly string[]): ValidityIssue[] {
  return reasons.map((reason) => ({ attributedTo: component, reason }))
}

function faultReason(fault: string): string {
  return `${fault}; what its clients saw is not counted: give it more memory, or fewer clients`
}

function exitReason({ part, how, logTail }: UnexpectedExit): string {
  return `${part} ended without being asked to (${how}): ${lastLine(logTail)}`
}

function violationReason(violation: string): string {
  return `the books do not balance: ${violation}; this is a bug in wsbench, report it`
}

function lastLine(log: string): string {
  return log.trimEnd().split('\n').at(-1) || 'its log is empty'
}

function countingReasons({ delivery }: Measurement): string[] {
  return [
    ...(delivery.planned > 0 ? [] : ['no delivery was planned: publish more, or measure longer']),
    ...(delivery.ambiguous === 0
      ? []
      : [
          `${formatCount(delivery.ambiguous)} deliveries are ambiguous, none may be: ` +
            'too many gaps at once to keep apart; lower the rate or shorten the outage',
        ]),
  ]
}

function clockReasons({ latency }: Measurement): string[] {
  const samples = Object.values(latency.byPhase).reduce((sum, { count }) => sum + count, 0)
  const negativeShare = samples === 0 ? 0 : latency.negative / samples
  if (negativeShare <= NEGATIVE_SHARE) return []
  return [
    `${formatShare(negativeShare)} of latencies are negative, bound ${formatShare(NEGATIVE_SHARE)}: ` +
      'the clocks disagree; run generator and publishers on one host',
  ]
}

function eventReasons({ events }: Measurement, { plan, abort, trouble }: RunRecord): string[] {
  const happened = new Set(events.map(({ id }) => id))
  const missing = trouble.isInterrupted || abort ? [] : plan.chaos.filter(({ id }) => !happened.has(id))
  return [
    ...events.flatMap(({ id, failure }) =>
      failure === null ? [] : [`${id} failed, so its effects were not tested: ${failure}`],
    ),
    ...missing.map(({ id }) => `${id} never began; it must fit into the measure phase`),
  ]
}

function overloadIssues(measurement: Measurement): ValidityIssue[] {
  return readingsOf(measurement).flatMap(({ words, advice, isExceeded, attributedTo }) =>
    isExceeded ? [{ attributedTo, reason: `${words}: ${advice}` }] : [],
  )
}
