import { createHistogram, encodeHistogram } from '../../latency/histogram.js'
import type { DisconnectReport } from '../disconnect-report.js'
import { UNEXPLAINED } from '../types.js'
import type { Oracle, OracleEpoch } from './oracle.js'

interface Break {
  readonly ended: OracleEpoch
  readonly next: OracleEpoch | undefined
  readonly cause: string
}

/** Test support: the break report, from lists of all epochs and events. */
export function oracleDisconnects(oracle: Oracle, stoppedMicros: number): DisconnectReport {
  const { causes } = oracle.history
  const disconnects = oracle.epochs
    .filter((epoch) => epoch.to !== Number.POSITIVE_INFINITY && epoch.to <= stoppedMicros)
    .map((ended): Break => {
      const later = oracle.epochs.slice(oracle.epochs.indexOf(ended) + 1)
      const next = later.find((epoch) => epoch.client === ended.client)
      return { ended, next, cause: oracle.disconnectCause(ended)?.id ?? UNEXPLAINED }
    })
  const returned = disconnects.flatMap(({ ended, next }) => (next === undefined ? [] : [{ ended, next }]))
  const names = [...causes.map(({ id }) => id), UNEXPLAINED]
  return {
    byCause: Object.fromEntries(
      names.map((name) => [
        name,
        countsOf(
          oracle,
          name,
          disconnects.filter((each) => each.cause === name),
        ),
      ]),
    ),
    downtime: histogramOf(returned.map(({ ended, next }) => next.from - ended.to)),
    ...stickinessOf(oracle, returned),
    lastOpenMicros: lastOpens(oracle),
    remapped: remapsOf(oracle, returned),
  }
}

interface Return {
  readonly ended: OracleEpoch
  readonly next: OracleEpoch
}

function stickinessOf({ history }: Oracle, returned: readonly Return[]) {
  return {
    sameNode: returned.filter(({ ended, next }) => ended.node === next.node).length,
    otherNode: returned.filter(({ ended, next }) => ended.node !== next.node).length,
    routedToDraining: returned.filter(({ next }) =>
      history.poolRemovals.some(
        ({ node, fromMicros, untilMicros }) =>
          node === history.nodeNames[next.node] &&
          fromMicros <= next.from &&
          next.from < (untilMicros ?? Number.POSITIVE_INFINITY),
      ),
    ).length,
  }
}

function remapsOf({ history: { causes, nodeNames } }: Oracle, returned: readonly Return[]) {
  const free = returned.filter(({ ended, next }) =>
    causes.every(
      ({ turns }) =>
        !turns.some(
          ({ node, startedMicros }) =>
            node === nodeNames[ended.node] && startedMicros >= ended.from && startedMicros <= next.from,
        ),
    ),
  )
  const changeOf = ({ ended, next }: Return): string | undefined =>
    causes
      .filter((cause) => cause.poolChangedMicros !== null && cause.poolChangedMicros <= next.from)
      .filter((cause) => cause.startedMicros >= ended.from)
      .toSorted((left, right) => left.startedMicros - right.startedMicros)
      .at(-1)?.id
  return Object.fromEntries(
    causes
      .filter(({ poolChangedMicros }) => poolChangedMicros !== null)
      .map(({ id }) => {
        const own = free.filter((each) => changeOf(each) === id)
        const moved = own.filter(({ ended, next }) => ended.node !== next.node)
        return [id, { returned: own.length, moved: moved.length }]
      }),
  )
}

function countsOf(
  oracle: Oracle,
  name: string,
  disconnects: readonly Break[],
): DisconnectReport['byCause'][string] {
  const event = oracle.history.causes.find(({ id }) => id === name)
  const returned = disconnects.flatMap(({ ended, next }) => (next === undefined ? [] : [{ ended, next }]))
  return {
    disconnects: disconnects.length,
    recovered: returned.length,
    handedOver: returned.filter(({ ended, next }) => next.from < ended.to).length,
    downtime: histogramOf(returned.map(({ ended, next }) => next.from - ended.to)),
    sinceEvent: histogramOf(event ? returned.map(({ next }) => next.from - event.startedMicros) : []),
    ...stickinessOf(oracle, returned),
  }
}

function lastOpens({ epochs, history }: Oracle): Record<string, number> {
  return Object.fromEntries(
    history.nodeNames.flatMap((name, node) => {
      const opened = epochs.filter((epoch) => epoch.node === node).map((epoch) => epoch.from)
      return opened.length === 0 ? [] : [[name, Math.max(...opened)]]
    }),
  )
}

/** Negative differences (an event that began within ε after the break) count as 0. */
function histogramOf(micros: readonly number[]): string {
  const histogram = createHistogram()
  for (const value of micros) histogram.recordValue(Math.min(60_000_000, Math.max(0, value)))
  return encodeHistogram(histogram)
}
