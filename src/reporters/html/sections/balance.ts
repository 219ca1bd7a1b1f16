import { formatCount } from '../../../base/format.js'
import { entry } from '../../../base/records.js'
import type { Balance, Result } from '../../../results/result.js'
import { dataTable } from '../data-table.js'
import type { Section } from '../figure.js'

const NOTHING = '–'

/** What is no moment before an event. */
const names: Readonly<Record<string, string>> = {
  start: 'start',
  end: 'end',
  overall: 'all the time',
  worst: 'at worst',
}

/** Connections per node at both ends and as each event began; their mean over all seconds, and the worst second. */
export function balanceSection({ balance, cluster }: Result): Section | null {
  const moments = Object.entries(balance)
  if (moments.length === 0 || cluster.nodes.length === 0) return null
  return {
    id: 'balance',
    title: 'Balance',
    charts: [],
    body: dataTable(
      ['', ...cluster.nodes, 'max/mean', 'min/mean', 'variation'],
      moments.map(([name, moment]) => ({
        name: entry(names, name) ?? `before ${name}`,
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
