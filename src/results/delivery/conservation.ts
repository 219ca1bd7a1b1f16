import { addCounts } from './merge.js'
import {
  type DeliveryClass,
  type DeliveryCounts,
  type DeliveryReport,
  deliveryClasses,
  emptyCounts,
  losses,
  partition,
} from './types.js'

const missing: readonly DeliveryClass[] = [...losses, 'missingAtBoundary']

/**
 * Every identity of docs/delivery.md that does not hold, as a sentence; none: all do. A sentence is a bug of wsbench, never
 * of the cluster under test.
 */
export function checkConservation(report: DeliveryReport): string[] {
  const breakdowns = { phase: report.byPhase, channel: report.byChannel, node: report.byNode }
  return [
    ...checkPartition('in total', report.total),
    ...Object.entries(breakdowns).flatMap(([kind, cells]) => [
      ...Object.entries(cells).flatMap(([name, counts]) => checkPartition(`of ${kind} ${name}`, counts)),
      ...checkSum(kind, cells, report.total, deliveryClasses),
    ]),
    ...checkSum('cause', report.byCause, report.total, missing),
    ...checkSeconds(report),
    ...checkFirstCopies(report),
  ]
}

function checkPartition(where: string, counts: DeliveryCounts): string[] {
  const sum = sumOf(counts, partition)
  return sum === counts.due ? [] : [`the classes ${where} sum to ${sum}, but ${counts.due} were due`]
}

function checkSum(
  kind: string,
  cells: Readonly<Record<string, DeliveryCounts>>,
  total: DeliveryCounts,
  classes: readonly DeliveryClass[],
): string[] {
  const sum = Object.values(cells).reduce(addCounts, emptyCounts())
  return classes
    .filter((name) => sum[name] !== total[name])
    .map((name) => `${name} by ${kind} sums to ${sum[name]}, but is ${total[name]} in total`)
}

function checkSeconds({ lostBySecond, total }: DeliveryReport): string[] {
  const sum = Object.values(lostBySecond).reduce((all, lost) => all + lost, 0)
  const lost = sumOf(total, losses)
  return sum === lost ? [] : [`losses by second sum to ${sum}, but ${lost} were lost in total`]
}

/** What is ambiguous is taken for received when classes are derived, and was not counted as it came. */
function checkFirstCopies({ firstCopies, ambiguous, total }: DeliveryReport): string[] {
  const derived = total.delivered + total.replayed
  if (derived >= firstCopies && derived <= firstCopies + ambiguous) return []
  return [`${derived} delivered and replayed were derived, but ${firstCopies} first copies came`]
}

function sumOf(counts: DeliveryCounts, classes: readonly DeliveryClass[]): number {
  return classes.reduce((sum, name) => sum + counts[name], 0)
}
