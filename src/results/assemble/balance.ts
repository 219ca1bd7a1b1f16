import { entry, sumByName } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import type { Balance, BalanceRatios, TimelineRow } from '../result.js'
import type { NodeLifetime, RunRecord } from '../run-record.js'

/** A pool whose fullest node has at most this many times the mean of connections counts as balanced. */
export const BALANCED_MAX_OVER_MEAN = 1.1

/**
 * Connections per node, and messages per node since the moment before: at the end of the measure phase's first second
 * (`start`) and of its last full one (`end`), and by event id at the end of the last second before the event began; also the
 * `worst` second of the measure phase, and all of them (`overall`). Moments that the timeline does not cover are left out.
 */
export function balancesOf(record: RunRecord, timeline: readonly TimelineRow[]): Record<string, Balance> {
  const sinceMeasureMs = (micros: number) => (micros - record.measureMicros) / 1000
  const measured = measuredRows(record, timeline)
  const moments: [string, TimelineRow | undefined][] = [
    ['start', measured[0]?.tMs === 0 ? measured[0] : undefined],
    ...record.events.map((event): [string, TimelineRow | undefined] => [
      event.id,
      timeline.findLast((row) => row.tMs + 1000 <= sinceMeasureMs(event.startedMicros)),
    ]),
    ['end', measured.at(-1)],
  ]
  let beforeMs = -1000
  const balances = moments.flatMap(([name, row]): [string, Balance][] => {
    if (!row) return []
    const since = timeline.filter(({ tMs }) => tMs > beforeMs && tMs <= row.tMs)
    beforeMs = row.tMs
    return [[name, balanceAt(record, row, since.length === 0 ? [row] : since)]]
  })
  return Object.fromEntries([...balances, ...overTime(record, measured)])
}

/** Full seconds of the measure phase, up to where the run was stopped. */
export function measuredRows(record: RunRecord, timeline: readonly TimelineRow[]): readonly TimelineRow[] {
  const stoppedMs = (record.stoppedMicros - record.measureMicros) / 1000
  const endMs = Math.min(stoppedMs, record.plan.phases.measureMs)
  return timeline.filter(({ tMs }) => tMs >= 0 && tMs + 1000 <= endMs)
}

function balanceAt(record: RunRecord, row: TimelineRow, since: readonly TimelineRow[]): Balance {
  const endMicros = record.measureMicros + (row.tMs + 1000) * 1000
  const perNode = overPool(row.connectedByNode, record.nodes, endMicros)
  const received = sumByName(since.map(({ receivedByNode }) => receivedByNode))
  const messages = overPool(received, record.nodes, endMicros)
  return { perNode, ...ratiosOf(perNode), messages: { perNode: messages, ...ratiosOf(messages) } }
}

function overTime(record: RunRecord, measured: readonly TimelineRow[]): [string, Balance][] {
  const imbalance = ({ balance }: TimelineRow) => balance.connections.maxOverMean ?? 0
  const [worst] = measured.toSorted((one, other) => imbalance(other) - imbalance(one))
  if (!worst) return []
  return [
    ['worst', balanceAt(record, worst, [worst])],
    ['overall', overall(measured)],
  ]
}

/** Each node's mean of connections over all seconds, and the sum of its messages; ratios are the mean of each second's. */
function overall(rows: readonly TimelineRow[]): Balance {
  const messages = sumByName(rows.map(({ receivedByNode }) => receivedByNode))
  const perNode = Object.keys(sumByName(rows.map(({ connectedByNode }) => connectedByNode))).map((node) => {
    const counts = rows.map(({ connectedByNode }) => entry(connectedByNode, node) ?? 0)
    return [node, meanOf(counts)] as const
  })
  return {
    perNode: Object.fromEntries(perNode),
    ...meanRatios(rows.map(({ balance }) => balance.connections)),
    messages: { perNode: messages, ...meanRatios(rows.map(({ balance }) => balance.messages)) },
  }
}

/** The counts of each node that is in the balancer's pool at `micros`; 0 for a node without any. */
export function overPool(
  counts: Readonly<Record<string, number>>,
  nodes: readonly NodeLifetime[],
  micros: number,
): Record<string, number> {
  const pool = nodes.filter(
    ({ joinedMicros, leftMicros }) => joinedMicros <= micros && (leftMicros === null || leftMicros > micros),
  )
  return Object.fromEntries(pool.map(({ id }) => [id, entry(counts, id) ?? 0]))
}

const noRatios: BalanceRatios = { maxOverMean: null, minOverMean: null, coefficientOfVariation: null }

/** How evenly something is spread over the nodes of the pool; nodes with none of it count. */
export function ratiosOf(perNode: Readonly<Record<string, number>>): BalanceRatios {
  const counts = Object.values(perNode)
  const mean = meanOf(counts)
  if (!(mean > 0)) return noRatios
  const variance = meanOf(counts.map((count) => (count - mean) ** 2))
  return {
    maxOverMean: Math.max(...counts) / mean,
    minOverMean: Math.min(...counts) / mean,
    coefficientOfVariation: Math.sqrt(variance) / mean,
  }
}

/** The mean of each ratio, over the moments that have it. */
export function meanRatios(moments: readonly BalanceRatios[]): BalanceRatios {
  const mean = (name: keyof BalanceRatios): number | null => {
    const values = moments.map((moment) => moment[name]).filter((value) => value !== null)
    return values.length === 0 ? null : meanOf(values)
  }
  return {
    maxOverMean: mean('maxOverMean'),
    minOverMean: mean('minOverMean'),
    coefficientOfVariation: mean('coefficientOfVariation'),
  }
}

function meanOf(values: readonly number[]): number {
  return sumOf(values, (value) => value) / values.length
}
