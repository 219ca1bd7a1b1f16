import { sumOf } from '../base/sum.js'
import { type DeliveryCounts, emptyCounts, losses, notDue } from '../results/delivery/types.js'
import type { Result } from '../results/result.js'
import type { ExpectedResult } from './expected-result.js'

/** One figure of a result, beside its expected value. */
export interface Row {
  /** Heading that the figure belongs under. */
  readonly block: string
  /** Name of the figure's field. */
  readonly name: string
  readonly counted: number
  readonly expected: number
}

/** Every figure that the result and the expected result have in common. */
export function compare({ delivery, connections, affinity }: Result, expected: ExpectedResult): Row[] {
  const { total, unexpected, corrupted, malformed, published } = expected
  const { closeCodes, ...opened } = expected.connections
  const lost = sumOf(losses, (name) => total[name])
  return [
    ...rows('deliveries', delivery, {
      ...{ ...total, lost, unexpected, corrupted, malformed },
      ...{ beforeDue: 0, ambiguous: 0 },
    }),
    ...rows('published', delivery.published, published),
    ...rows('connections', { ...connections, ...affinity }, { ...opened, ...expected.affinity }),
    ...unionOf(connections.closeCodes, closeCodes).map((code) => ({
      block: 'closed with',
      name: code,
      counted: connections.closeCodes[code] ?? 0,
      expected: closeCodes[code] ?? 0,
    })),
    ...cellRows('channel', delivery.byChannel, expected.byChannel),
    ...cellRows('phase', delivery.byPhase, expected.byPhase),
    ...cellRows('node', delivery.byNode, expected.byNode),
    ...cellRows('cause', delivery.byCause, { unexplained: missingOf(total) }),
  ]
}

export function isEqual({ counted, expected }: Row): boolean {
  return counted === expected
}

/** A row for each figure of `expected`. */
function rows<Name extends string>(
  block: string,
  counted: Readonly<Record<NoInfer<Name>, number | null>>,
  expected: Readonly<Record<Name, number>>,
): Row[] {
  const names = Object.keys(expected) as Name[]
  return names.map((name) => ({ block, name, counted: counted[name] ?? 0, expected: expected[name] }))
}

function cellRows(
  kind: string,
  counted: Readonly<Record<string, DeliveryCounts>>,
  expected: Readonly<Record<string, DeliveryCounts>>,
): Row[] {
  return unionOf(counted, expected).flatMap((name) =>
    rows(`${kind} ${name}`, counted[name] ?? emptyCounts(), expected[name] ?? emptyCounts()),
  )
}

function unionOf(counted: object, expected: object): string[] {
  return [...new Set([...Object.keys(counted), ...Object.keys(expected)])].sort()
}

/** Only deliveries that did not happen have a cause. */
function missingOf(counts: DeliveryCounts): DeliveryCounts {
  const missing = [...notDue, ...losses, 'missingAtBoundary'] as const
  return { ...emptyCounts(), ...Object.fromEntries(missing.map((name) => [name, counts[name]])) }
}
