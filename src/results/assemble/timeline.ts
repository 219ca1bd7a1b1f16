import { entry, sumByName } from '../../base/records.js'
import { encodeHistogram } from '../latency/histogram.js'
import { figureOf, mergeSparse } from '../latency/summary.js'
import type { TimelineRow } from '../result.js'
import type { NodeLifetime } from '../run-record.js'
import type { Tick } from '../worker-records.js'
import { ratiosOf } from './balance.js'
import { overPool } from './pool.js'

const SECOND_MICROS = 1_000_000

export interface TimelineInput {
  /** By worker. */
  readonly ticks: readonly (readonly Tick[])[]
  readonly measureMicros: number
  /** Every node there ever was. */
  readonly nodes: readonly NodeLifetime[]
  readonly lostBySecond: Readonly<Record<number, number>>
}

/**
 * All workers' ticks, second by second without holes. Workers do not tick in step: a second that none of a living
 * worker's ticks falls into adds nothing to counts, and its connections are those it told of last.
 */
export function timelineOf({ ticks, measureMicros, nodes, lostBySecond }: TimelineInput): TimelineRow[] {
  const workers = ticks.filter((own) => own.length > 0).map((own) => bySecond(own, measureMicros))
  if (workers.length === 0) return []
  const first = Math.min(...workers.map((own) => Math.min(...own.keys())))
  const last = Math.max(...workers.map(lastSecond))
  const seconds = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const standing = workers.map((own) => standingBySecond(own, seconds))
  return seconds.map((second, index) =>
    rowOf({
      second,
      ticks: workers.flatMap((own) => own.get(second) ?? []),
      standing: standing.flatMap((own) => own[index] ?? []),
      lost: entry(lostBySecond, String(second)) ?? 0,
      inPool: (counts) => overPool(counts, nodes, measureMicros + (second + 1) * SECOND_MICROS),
    }),
  )
}

type Seconds = ReadonlyMap<number, readonly Tick[]>

/** A tick belongs to the second of the measure phase (negative: before it) that most of it lies in. */
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

/** A worker's latest tick at each second; none before its first and after its last one: it is not there. */
function standingBySecond(own: Seconds, seconds: readonly number[]): (Tick | undefined)[] {
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
  readonly standing: readonly Tick[]
  readonly lost: number
  /** Of counts by node, those of the nodes in the pool. */
  readonly inPool: (counts: Record<string, number>) => Record<string, number>
}

function rowOf({ second, ticks, standing, lost, inPool }: RowInput): TimelineRow {
  const sum = (of: readonly Tick[], read: (tick: Tick) => number) =>
    of.reduce((all, tick) => all + read(tick), 0)
  const connectedByNode = sumByName(standing.map((tick) => tick.connectedByNode))
  const receivedByNode = sumByName(ticks.map((tick) => tick.receivedByNode))
  const latency = mergeSparse(ticks.map((tick) => tick.latency))
  const isSilent = latency.totalCount === 0
  return {
    tMs: second * 1000,
    connected: sum(standing, (tick) => tick.connected),
    connectedByNode,
    connects: sum(ticks, (tick) => tick.connects),
    disconnects: sum(ticks, (tick) => tick.disconnects),
    sent: sum(ticks, (tick) => tick.sent),
    received: sum(ticks, (tick) => tick.received),
    receivedByNode,
    balance: {
      connections: ratiosOf(inPool(connectedByNode)),
      messages: ratiosOf(inPool(receivedByNode)),
    },
    lost,
    p50: isSilent ? null : figureOf.p50(latency),
    p99: isSilent ? null : figureOf.p99(latency),
    histogram: isSilent ? null : encodeHistogram(latency),
    cpu: ticks.length === 0 ? 0 : sum(ticks, (tick) => tick.cpuShare) / ticks.length,
  }
}
