import { createHistogram, decodeHistogram, encodeHistogram } from '../latency/histogram.js'
import type { DisconnectCounts, DisconnectReport } from './disconnect-report.js'
import {
  type DeliveryCounts,
  type DeliveryReport,
  deliveryClasses,
  emptyCounts,
  type UnackedDelivered,
} from './types.js'
import { listed } from './unacked-delivered.js'

/** All workers' reports together. */
export function mergeDelivery(reports: readonly DeliveryReport[]): DeliveryReport {
  const sumOf = (read: (report: DeliveryReport) => number): number =>
    reports.reduce((total, report) => total + read(report), 0)
  return {
    total: reports.map(({ total }) => total).reduce(addCounts, emptyCounts()),
    byCause: addRecords(
      reports.map(({ byCause }) => byCause),
      addCounts,
    ),
    byPhase: addRecords(
      reports.map(({ byPhase }) => byPhase),
      addCounts,
    ),
    byChannel: addRecords(
      reports.map(({ byChannel }) => byChannel),
      addCounts,
    ),
    byNode: addRecords(
      reports.map(({ byNode }) => byNode),
      addCounts,
    ),
    unexplainedDuring: addRecords(
      reports.map(({ unexplainedDuring }) => unexplainedDuring),
      add,
    ),
    lostBySecond: addRecords(
      reports.map(({ lostBySecond }) => lostBySecond),
      add,
    ),
    lastDeliveredMicros: Math.max(
      Number.NEGATIVE_INFINITY,
      ...reports.map(({ lastDeliveredMicros }) => lastDeliveredMicros),
    ),
    unexpected: sumOf(({ unexpected }) => unexpected),
    corrupted: sumOf(({ corrupted }) => corrupted),
    malformed: sumOf(({ malformed }) => malformed),
    beforeDue: sumOf(({ beforeDue }) => beforeDue),
    ambiguous: sumOf(({ ambiguous }) => ambiguous),
    clientsNeverSubscribed: sumOf(({ clientsNeverSubscribed }) => clientsNeverSubscribed),
    firstCopies: sumOf(({ firstCopies }) => firstCopies),
  }
}

/** All workers' breaks together. */
export function mergeDisconnects(reports: readonly DisconnectReport[]): DisconnectReport {
  const names = new Set(reports.flatMap(({ byCause }) => Object.keys(byCause)))
  const ofCause = (name: string): DisconnectCounts[] =>
    reports.flatMap(({ byCause }) => (byCause[name] === undefined ? [] : [byCause[name]]))
  return {
    byCause: Object.fromEntries([...names].map((name) => [name, mergeCounts(ofCause(name))])),
    downtime: mergeHistograms(reports.map(({ downtime }) => downtime)),
    sameNode: sum(reports.map(({ sameNode }) => sameNode)),
    otherNode: sum(reports.map(({ otherNode }) => otherNode)),
    routedToDraining: sum(reports.map(({ routedToDraining }) => routedToDraining)),
    lastOpenMicros: addRecords(
      reports.map(({ lastOpenMicros }) => lastOpenMicros),
      Math.max,
    ),
    remapped: addRecords(
      reports.map(({ remapped }) => remapped),
      (a, b) => ({ returned: a.returned + b.returned, moved: a.moved + b.moved }),
    ),
  }
}

/** The union of what workers proved, each stream once. */
export function mergeUnackedDelivered(messages: readonly UnackedDelivered[]): UnackedDelivered[] {
  const found: number[][] = []
  for (const { stream, sequences } of messages) {
    found[stream] = [...new Set([...(found[stream] ?? []), ...sequences])]
  }
  return listed(found)
}

/** One record with every key of `records`; values that share one are joined. */
function addRecords<Value>(
  records: readonly Readonly<Record<string, Value>>[],
  join: (a: Value, b: Value) => Value,
): Record<string, Value> {
  const joined = new Map<string, Value>()
  for (const [key, value] of records.flatMap((record) => Object.entries(record))) {
    const before = joined.get(key)
    joined.set(key, before === undefined ? value : join(before, value))
  }
  return Object.fromEntries(joined)
}

export function addCounts(a: DeliveryCounts, b: DeliveryCounts): DeliveryCounts {
  return Object.fromEntries(deliveryClasses.map((name) => [name, a[name] + b[name]])) as DeliveryCounts
}

function add(a: number, b: number): number {
  return a + b
}

function mergeCounts(counts: readonly DisconnectCounts[]): DisconnectCounts {
  return {
    disconnects: sum(counts.map(({ disconnects }) => disconnects)),
    recovered: sum(counts.map(({ recovered }) => recovered)),
    handedOver: sum(counts.map(({ handedOver }) => handedOver)),
    downtime: mergeHistograms(counts.map(({ downtime }) => downtime)),
    sinceEvent: mergeHistograms(counts.map(({ sinceEvent }) => sinceEvent)),
    sameNode: sum(counts.map(({ sameNode }) => sameNode)),
    otherNode: sum(counts.map(({ otherNode }) => otherNode)),
    routedToDraining: sum(counts.map(({ routedToDraining }) => routedToDraining)),
  }
}

function mergeHistograms(encoded: readonly string[]): string {
  const all = createHistogram()
  for (const one of encoded) all.add(decodeHistogram(one))
  return encodeHistogram(all)
}

function sum(values: readonly number[]): number {
  return values.reduce(add, 0)
}
