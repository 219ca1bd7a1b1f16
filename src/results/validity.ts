import type { Tick } from '../generator/messages.js'
import type { ValidityBounds } from '../scenarios/plan.js'
import { total } from './records.js'
import type { Measurement } from './result.js'
import type { RunRecord, Trouble } from './run-record.js'
import { formatCount, formatMicros, formatShare } from './units.js'

/** Share of latencies below 0 that a sound clock may give. */
const NEGATIVE_SHARE = 0.001

/** Why the figures of a run can't be trusted: each says what was seen, what may be, and what to change. */
export function doubtsOf(measurement: Measurement, record: RunRecord): string[] {
  const { validity } = record.plan
  return [
    ...troubleDoubts(record.trouble),
    ...countingDoubts(measurement),
    ...eventDoubts(measurement, record),
    ...strainDoubts(measurement, validity),
    ...connectDoubts(record, validity),
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

function eventDoubts({ events }: Measurement, { plan, trouble }: RunRecord): string[] {
  const happened = new Set(events.map(({ id }) => id))
  const missing = trouble.isInterrupted ? [] : plan.chaos.filter(({ id }) => !happened.has(id))
  return [
    ...events.flatMap(({ id, failure }) =>
      failure === null ? [] : [`${id} failed, so its effects were not tested: ${failure}`],
    ),
    ...missing.map(({ id }) => `${id} never began; it must fit into the measure phase`),
  ]
}

function strainDoubts({ generator }: Measurement, validity: ValidityBounds): string[] {
  const { eventLoopLagP99Ms, sendDelayP99Ms, workerCpuShare } = validity
  const relief = 'use fewer clients, a lower rate or a machine with more cores'
  const worst = (read: (worker: Measurement['generator']['workers'][number]) => number) =>
    Math.max(0, ...generator.workers.map(read))
  const lagMicros = worst((worker) => worker.eventLoopLagP99Micros)
  const share = worst((worker) => worker.cpuShareMax)
  const delayMicros = generator.sendDelayP99Micros
  return [
    ...(lagMicros <= eventLoopLagP99Ms * 1000
      ? []
      : [`generator loop lag p99 ${formatMicros(lagMicros)}, bound ${eventLoopLagP99Ms} ms: ${relief}`]),
    ...(delayMicros <= sendDelayP99Ms * 1000
      ? []
      : [`send delay p99 ${formatMicros(delayMicros)}, bound ${sendDelayP99Ms} ms: ${relief}`]),
    ...(share <= workerCpuShare
      ? []
      : [
          `a generator worker used ${formatShare(share)} of a core, bound ${formatShare(workerCpuShare)}: ${relief}`,
        ]),
  ]
}

/** Attempts that failed before anything was broken on purpose are the set-up's failures. */
function connectDoubts({ ticks, events }: RunRecord, { failedConnectsShare }: ValidityBounds): string[] {
  const firstBlow = Math.min(...events.map(({ startedMicros }) => startedMicros))
  const calm = ticks.flat().filter(({ atMicros }) => atMicros <= firstBlow)
  const sum = (read: (tick: Tick) => number) => calm.reduce((all, tick) => all + read(tick), 0)
  const failed = sum(({ failures }) => total(failures))
  const share = failed / Math.max(1, failed + sum(({ connects }) => connects))
  if (share <= failedConnectsShare) return []
  return [
    `${formatShare(share)} of connects failed before any event, bound ${formatShare(failedConnectsShare)}: ` +
      'lower clients.connectRate, or see the limits with wsbench doctor',
  ]
}
