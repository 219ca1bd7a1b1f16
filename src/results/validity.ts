import { readingsOf } from './bounds.js'
import type { Measurement } from './result.js'
import type { RunRecord, Trouble } from './run-record.js'
import { formatCount, formatShare } from './units.js'

/** Share of latencies below 0 that a sound clock may give. */
const NEGATIVE_SHARE = 0.001

/** Why the figures of a run can't be trusted: each says what was seen, what may be, and what to change. */
export function doubtsOf(measurement: Measurement, record: RunRecord): string[] {
  return [
    ...troubleDoubts(record.trouble),
    ...countingDoubts(measurement),
    ...eventDoubts(measurement, record),
    ...strainDoubts(measurement),
  ]
}

function troubleDoubts({ faults, casualties, violations }: Trouble): string[] {
  return [
    ...faults.map(
      (fault) => `${fault}; what its clients saw is not counted: give it more memory, or fewer clients`,
    ),
    ...casualties.map(
      ({ part, how, logTail }) => `${part} ended without being asked to (${how}): ${lastLine(logTail)}`,
    ),
    ...violations.map(
      (violation) => `the books do not balance: ${violation}; this is a bug in wsbench, report it`,
    ),
  ]
}

function lastLine(log: string): string {
  return log.trimEnd().split('\n').at(-1) || 'its log is empty'
}

function countingDoubts({ delivery, latency }: Measurement): string[] {
  const samples = Object.values(latency.byPhase).reduce((sum, { count }) => sum + count, 0)
  const negativeShare = samples === 0 ? 0 : latency.negative / samples
  return [
    ...(delivery.due > 0 ? [] : ['nothing was due to anybody: publish more, or measure longer']),
    ...(delivery.ambiguous === 0
      ? []
      : [
          `${formatCount(delivery.ambiguous)} deliveries are ambiguous, none may be: ` +
            'too many gaps at once to keep apart; lower the rate or shorten the outage',
        ]),
    ...(negativeShare <= NEGATIVE_SHARE
      ? []
      : [
          `${formatShare(negativeShare)} of latencies are negative, bound ${formatShare(NEGATIVE_SHARE)}: ` +
            'the clocks disagree; run generator and publishers on one host',
        ]),
  ]
}

function eventDoubts({ events }: Measurement, { plan, abort, trouble }: RunRecord): string[] {
  const happened = new Set(events.map(({ id }) => id))
  const missing = trouble.isInterrupted || abort ? [] : plan.chaos.filter(({ id }) => !happened.has(id))
  return [
    ...events.flatMap(({ id, failure }) =>
      failure === null ? [] : [`${id} failed, so its effects were not tested: ${failure}`],
    ),
    ...missing.map(({ id }) => `${id} never began; it must fit into the measure phase`),
  ]
}

function strainDoubts(measurement: Measurement): string[] {
  return readingsOf(measurement).flatMap(({ words, advice, isExceeded }) =>
    isExceeded ? [`${words}: ${advice}`] : [],
  )
}
