import { entry, sumByName } from '../../base/records.js'
import type { Balance, TimelineRow } from '../result.js'
import type { RunRecord } from '../run-record.js'
import { meanOf, meanRatios, ratiosOf } from './balance.js'
import { overPool } from './pool.js'

/**
 * How connections, and messages since the moment before, lie over the nodes at the end of the measure phase's first second
 * (`start`) and of its last full one (`end`), and by event id at the end of the last second before it struck; besides, the
 * `worst` second of the measure phase, and all of them (`overall`). Moments without a row are left out.
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
  let before = -1000
  const balances = moments.flatMap(([name, row]): [string, Balance][] => {
    if (!row) return []
    const since = timeline.filter(({ tMs }) => tMs > before && tMs <= row.tMs)
    before = row.tMs
    return [[name, balanceAt(record, row, since.length === 0 ? [row] : since)]]
  })
  return Object.fromEntries([...balances, ...overTime(record, measured)])
}

/** Full seconds of the measure phase, or of what there was of it. */
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

/** Each node's mean of connections over all seconds, and its messages; ratios are the mean of those of the seconds. */
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
