import type { DeliveryClass } from '../results/delivery/types.js'
import type { Result } from '../results/result.js'
import { type Counts, type ExpectedResult, noCounts } from './expected-result.js'

/** One figure of the result beside the same figure of the ledger. */
export interface Row {
  /** Heading that the figure belongs under. */
  readonly block: string
  readonly name: string
  readonly claim: number
  readonly truth: number
}

/** Names of the classes as people read them, in the order of the table. */
export const classNames: Readonly<Record<DeliveryClass, string>> = {
  planned: 'planned',
  unpublished: 'unpublished',
  neverSubscribed: 'never subscribed',
  indeterminate: 'indeterminate',
  due: 'due',
  delivered: 'delivered',
  replayed: 'replayed',
  lostInFlight: 'lost in flight',
  lostOnDisconnect: 'lost at break',
  lostWhileOffline: 'missed offline',
  falseRecovery: 'false recovery',
  missingAtBoundary: 'boundary, missing',
  reordered: 'reordered',
  duplicateInEpoch: 'duplicate in epoch',
  duplicateAcrossEpochs: 'duplicate across epochs',
}

const classes = Object.keys(classNames) as DeliveryClass[]
const missing = [
  'unpublished',
  'neverSubscribed',
  'indeterminate',
  'lostInFlight',
  'lostOnDisconnect',
  'lostWhileOffline',
  'falseRecovery',
  'missingAtBoundary',
] as const satisfies readonly DeliveryClass[]

/** Every figure that result and ledger have in common. */
export function compare({ delivery, connections, affinity }: Result, truth: ExpectedResult): Row[] {
  const { published } = truth
  return [
    ...countRows('deliveries', delivery, truth.total),
    { block: 'deliveries', name: 'lost', claim: delivery.lost, truth: lostOf(truth.total) },
    ...figureRows('deliveries', pickFigures(delivery, { unexpected: truth.unexpected })),
    ...figureRows('deliveries', pickFigures(delivery, { beforeDue: 0, ambiguous: 0 })),
    ...figureRows('published', pickFigures(delivery.published, published)),
    ...figureRows('connections', pickFigures(connections, { opened: truth.connections.opened })),
    ...figureRows('connections', pickFigures(connections, { reconnects: truth.connections.reconnects })),
    ...figureRows('connections', pickFigures(affinity, truth.affinity)),
    ...recordRows('closed with', connections.closeCodes, truth.connections.closeCodes),
    ...cellRows('channel', delivery.byChannel, truth.byChannel),
    ...cellRows('phase', delivery.byPhase, truth.byPhase),
    ...cellRows('node', delivery.byNode, truth.byNode),
    ...cellRows('cause', delivery.byCause, { unexplained: missingOf(truth.total) }),
  ]
}

export function isRight({ claim, truth }: Row): boolean {
  return claim === truth
}

/** [claim, truth] by name, of what `truths` has. */
function pickFigures<Name extends string>(
  claims: Readonly<Record<NoInfer<Name>, number>>,
  truths: Readonly<Record<Name, number>>,
): [string, number, number][] {
  return (Object.keys(truths) as Name[]).map((name) => [wordsOf(name), claims[name], truths[name]])
}

function figureRows(block: string, figures: readonly [string, number, number][]): Row[] {
  return figures.map(([name, claim, truth]) => ({ block, name, claim, truth }))
}

function countRows(block: string, claims: Counts, truths: Counts): Row[] {
  return classes.map((name) => ({ block, name: classNames[name], claim: claims[name], truth: truths[name] }))
}

function recordRows(
  block: string,
  claims: Readonly<Record<string, number>>,
  truths: Readonly<Record<string, number>>,
): Row[] {
  const names = [...new Set([...Object.keys(claims), ...Object.keys(truths)])].sort()
  return names.map((name) => ({ block, name, claim: claims[name] ?? 0, truth: truths[name] ?? 0 }))
}

function cellRows(
  kind: string,
  claims: Readonly<Record<string, Counts>>,
  truths: Readonly<Record<string, Counts>>,
): Row[] {
  const names = [...new Set([...Object.keys(claims), ...Object.keys(truths)])].sort()
  return names.flatMap((name) =>
    countRows(`${kind} ${name}`, claims[name] ?? noCounts(), truths[name] ?? noCounts()),
  )
}

/** What never came, which is all that has a cause. */
function missingOf(counts: Counts): Counts {
  return { ...noCounts(), ...Object.fromEntries(missing.map((name) => [name, counts[name]])) }
}

function lostOf(counts: Counts): number {
  return counts.lostInFlight + counts.lostOnDisconnect + counts.lostWhileOffline + counts.falseRecovery
}

/** `reconnectedSameNode` → `reconnected same node` */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
