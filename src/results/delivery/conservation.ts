import { addCounts } from './merge.js'
import {
  type DeliveryClass,
  type DeliveryCounts,
  type DeliveryReport,
  deliveryClasses,
  emptyCounts,
  losses,
  notDue,
  partition,
} from './types.js'

const caused: readonly DeliveryClass[] = [...notDue, ...losses, 'missingAtBoundary']
/** What was sent before a subscriber was on any node is of none. */
const ofNodes = deliveryClasses.filter((name) => name !== 'planned' && !isNotDue(name))

/**
 * Every identity of docs/delivery.md that does not hold, as a sentence; none: all do. A sentence is a bug of wsbench,
 * never of the cluster under test.
 */
export function checkConservation(report: DeliveryReport): string[] {
  const { total, byCause, byPhase, byChannel, byNode } = report
  const breakdowns = { phase: byPhase, channel: byChannel, node: byNode }
  return [
    ...checkCell('in total', total),
    ...Object.entries(breakdowns).flatMap(([kind, cells]) =>
      Object.entries(cells).flatMap(([name, counts]) => checkCell(`of ${kind} ${name}`, counts)),
    ),
    ...checkSum('phase', byPhase, total, deliveryClasses),
    ...checkSum('channel', byChannel, total, deliveryClasses),
    ...checkSum('node', byNode, total, ofNodes),
    ...checkSum('cause', byCause, total, caused),
    ...checkSeconds(report),
    ...checkFirstCopies(report),
  ]
}

function checkCell(where: string, counts: DeliveryCounts): string[] {
  const [owed, planned] = [sumOf(counts, partition), sumOf(counts, notDue) + counts.due]
  return [
    ...(owed === counts.due ? [] : [`the classes ${where} sum to ${owed}, but ${counts.due} were due`]),
    ...(planned === counts.planned
      ? []
      : [`due and not due ${where} sum to ${planned}, but ${counts.planned} were planned`]),
  ]
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
  const derived = sumOf(total, ['delivered', 'late', 'replayed'])
  if (derived === firstCopies + ambiguous) return []
  return [`${derived} delivered, late and replayed were derived, but ${firstCopies} first copies came`]
}

function sumOf(counts: DeliveryCounts, classes: readonly DeliveryClass[]): number {
  return classes.reduce((sum, name) => sum + counts[name], 0)
}

function isNotDue(name: DeliveryClass): boolean {
  return notDue.some((other) => other === name)
}
