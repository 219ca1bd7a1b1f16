import { formatCount } from '../../base/format.js'
import { entry } from '../../base/records.js'
import type { Balance, BalanceRatios, Result } from '../../results/result.js'
import { blockOf, type Cell, type Fact, type FactBlock, NOTHING } from './fact.js'

/** The moments that are not the start of an event. */
const momentNames: Readonly<Record<string, string>> = {
  start: 'start',
  end: 'end',
  overall: 'mean',
  worst: 'worst second',
}

/** Connections per node at the start, before each event and at the end; their mean over the run, and the worst second. */
export function balanceFacts({ balance, cluster: { nodes } }: Result): FactBlock | null {
  if (nodes.length === 0) return null
  return blockOf('Balance', {
    table: {
      title: 'Balance',
      columns: [
        ...nodes.map((label) => ({ label, rank: 1 as const })),
        { label: 'fewest', rank: 2 },
        { label: 'most', rank: 2 },
        { label: 'min/mean', rank: 2 },
        { label: 'CV', rank: 2 },
        { label: 'max/mean' },
      ],
      rows: Object.entries(balance).map(([name, moment]) => ({
        name: entry(momentNames, name) ?? `before ${name}`,
        cells: cellsOf(moment, nodes),
      })),
    },
    facts: messagesFact(entry(balance, 'overall')),
  })
}

function cellsOf({ perNode, ...ratios }: Balance, nodes: readonly string[]): Cell[] {
  const counts = Object.values(perNode)
  return [
    ...nodes.map((node) => {
      const count = entry(perNode, node)
      return { value: count === undefined ? NOTHING : formatCount(count) }
    }),
    { value: formatCount(Math.min(...counts)) },
    { value: formatCount(Math.max(...counts)) },
    { value: ratioText(ratios.minOverMean) },
    { value: ratioText(ratios.coefficientOfVariation) },
    { value: ratioText(ratios.maxOverMean) },
  ]
}

function messagesFact(overall: Balance | undefined): Fact[] {
  if (!overall) return []
  const { maxOverMean, minOverMean, coefficientOfVariation }: BalanceRatios = overall.messages
  const ratios = [maxOverMean, minOverMean, coefficientOfVariation].map(ratioText)
  const value = `max/mean ${ratios[0]}, min/mean ${ratios[1]}, CV ${ratios[2]}`
  return [{ label: 'messages per node', value }]
}

export function ratioText(ratio: number | null): string {
  return ratio?.toFixed(2) ?? NOTHING
}
