import { entry, sumByName } from '../../base/records.js'
import { sumOf } from '../../base/sum.js'
import { encodeHistogram } from '../latency/histogram.js'
import { figureOf, mergeSparse } from '../latency/summary.js'
import type { TimelineRow } from '../result.js'
import type { NodeLifetime } from '../run-record.js'
import type { Tick } from '../worker-records.js'
import { overPool, ratiosOf } from './balance.js'

const SECOND_MICROS = 1_000_000

export interface TimelineInput {
  /** By worker. */
  readonly ticks: readonly (readonly Tick[])[]
  readonly measureMicros: number
  readonly nodes: readonly NodeLifetime[]
  readonly lostBySecond: Readonly<Record<number, number>>
}

/**
 * The ticks of all workers, second by second without gaps. Workers do not tick in step: to a second without a tick of a
 * running worker it adds no counts, and the connections of its latest tick.
 */
export function timelineOf({ ticks, measureMicros, nodes, lostBySecond }: TimelineInput): TimelineRow[] {
  const workers = ticks.filter((own) => own.length > 0).map((own) => bySecond(own, measureMicros))
  if (workers.length === 0) return []
  const first = Math.min(...workers.map((own) => Math.min(...own.keys())))
  const last = Math.max(...workers.map(lastSecond))
  const seconds = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const latest = workers.map((own) => latestBySecond(own, seconds))
  return seconds.map((second, index) =>
    rowOf({
      second,
      ticks: workers.flatMap((own) => own.get(second) ?? []),
      latest: latest.flatMap((own) => own[index] ?? []),
      lost: entry(lostBySecond, String(second)) ?? 0,
      inPool: (counts) => overPool(counts, nodes, measureMicros + (second + 1) * SECOND_MICROS),
    }),
  )
}

type Seconds = ReadonlyMap<number, readonly Tick[]>

/** The second of the measure phase (negative: before it) that most of the tick lies in. */
export function secondOf({ atMicros }: Tick, measureMicros: number): number {
  return Math.floor((atMicros - measureMicros) / SECOND_MICROS - 0.5)
}

function bySecond(ticks: readonly Tick[], measureMicros: number): Seconds {
  const seconds = new Map<number, Tick[]>()
  for (const tick of ticks) {
    const second = secondOf(tick, measureMicros)
    seconds.set(second, [...(seconds.get(second) ?? []), tick])
  }
  return seconds
}

function lastSecond(own: Seconds): number {
  return Math.max(...own.keys())
}

/** A worker's latest tick at each second; none before its first and after its last one. */
function latestBySecond(own: Seconds, seconds: readonly number[]): (Tick | undefined)[] {
  const last = lastSecond(own)
  let latest: Tick | undefined
  return seconds.map((second) => {
    latest = own.get(second)?.at(-1) ?? latest
    return second <= last ? latest : undefined
  })
}

interface RowInput {
  readonly second: number
  readonly ticks: readonly Tick[]
  /** The latest of each running worker. */
  readonly latest: readonly Tick[]
  readonly lost: number
  /** Keeps the counts of the nodes in the pool. */
  readonly inPool: (counts: Record<string, number>) => Record<string, number>
}

function rowOf({ second, ticks, latest, lost, inPool }: RowInput): TimelineRow {
  const connectedByNode = sumByName(latest.map((tick) => tick.connectedByNode))
  const receivedByNode = sumByName(ticks.map((tick) => tick.receivedByNode))
  const latency = mergeSparse(ticks.map((tick) => tick.latency))
  const isSilent = latency.totalCount === 0
  return {
    tMs: second * 1000,
    connected: sumOf(latest, (tick) => tick.connected),
    connectedByNode,
    connects: sumOf(ticks, (tick) => tick.connects),
    disconnects: sumOf(ticks, (tick) => tick.disconnects),
    sent: sumOf(ticks, (tick) => tick.sent),
    received: sumOf(ticks, (tick) => tick.received),
    receivedByNode,
    balance: {
      connections: ratiosOf(inPool(connectedByNode)),
      messages: ratiosOf(inPool(receivedByNode)),
    },
    lost,
    p50: isSilent ? null : figureOf.p50(latency),
    p99: isSilent ? null : figureOf.p99(latency),
    histogram: isSilent ? null : encodeHistogram(latency),
    cpu: ticks.length === 0 ? 0 : sumOf(ticks, (tick) => tick.cpuShare) / ticks.length,
  }
}
