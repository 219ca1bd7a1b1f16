import { entry } from '../../../results/records.js'
import type { Balance, Result } from '../../../results/result.js'
import { formatCount } from '../../format.js'
import { dataTable } from '../data-table.js'
import type { Section } from '../figure.js'

const NOTHING = '–'

/** Connections per node at both ends and as each event began. */
export function balanceSection({ balance, cluster }: Result): Section | null {
  const moments = Object.entries(balance)
  if (moments.length === 0) return null
  return {
    id: 'balance',
    title: 'Balance',
    charts: [],
    body: dataTable(
      ['', ...cluster.nodes, 'max/mean', 'min/mean', 'variation'],
      moments.map(([name, moment]) => ({
        name: name === 'start' || name === 'end' ? name : `before ${name}`,
        cells: [...counts(moment, cluster.nodes), ...ratios(moment)],
      })),
    ),
  }
}

function counts({ perNode }: Balance, nodes: readonly string[]): string[] {
  return nodes.map((node) => {
    const count = entry(perNode, node)
    return count === undefined ? NOTHING : formatCount(count)
  })
}

function ratios({ maxOverMean, minOverMean, coefficientOfVariation }: Balance): string[] {
  return [maxOverMean, minOverMean, coefficientOfVariation].map((ratio) => ratio?.toFixed(2) ?? NOTHING)
}
