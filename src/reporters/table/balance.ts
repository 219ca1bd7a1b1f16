import { formatCount } from '../../base/format.js'
import { widthOf } from '../../base/text-width.js'
import type { Balance, Result } from '../../results/result.js'
import type { Page } from '../page.js'

/** Connections per node, before each event and at both ends; extremes only where there are too many nodes to show. */
export function balanceBlock(result: Result, page: Page): string[] {
  const { worst, overall, ...atMoments } = result.balance
  const moments = Object.entries(atMoments)
  if (moments.length === 0 || result.cluster.nodes.length === 0) return []
  const full = perNode(result, moments, page)
  const isNarrow = full.every((line) => widthOf(line) <= page.columns)
  return [...(isNarrow ? full : extremes(moments, page)), ...page.facts(overTime(overall, worst))]
}

function overTime(overall: Balance | undefined, worst: Balance | undefined): string[] {
  if (!overall || !worst) return []
  return [
    `all the time: max/mean ${ratio(overall.maxOverMean)}, min/mean ${ratio(overall.minOverMean)}`,
    `CV ${ratio(overall.coefficientOfVariation)}`,
    `at worst max/mean ${ratio(worst.maxOverMean)}`,
    `messages: max/mean ${ratio(overall.messages.maxOverMean)}, min/mean ${ratio(overall.messages.minOverMean)}`,
    `CV ${ratio(overall.messages.coefficientOfVariation)}`,
  ]
}

type Moment = [string, Balance]

function perNode({ cluster }: Result, moments: Moment[], page: Page): string[] {
  const rows = moments.map(([name, balance]) => ({
    name: momentName(name),
    cells: [
      ...cluster.nodes.map((node) => {
        const count = balance.perNode[node]
        return count === undefined ? '' : page.count(count, formatCount(count))
      }),
      ratio(balance.maxOverMean),
    ],
  }))
  return page.grid(['Balance', ...cluster.nodes, 'max/mean'], rows)
}

function extremes(moments: Moment[], page: Page): string[] {
  const rows = moments.map(([name, { perNode, maxOverMean, minOverMean }]) => {
    const counts = Object.values(perNode)
    const mean = counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length)
    const figures = [counts.length, Math.min(...counts), mean, Math.max(...counts)]
    return {
      name: momentName(name),
      cells: [...figures.map(formatCount), ratio(minOverMean), ratio(maxOverMean)],
    }
  })
  return page.grid(['Balance', 'nodes', 'fewest', 'mean', 'most', 'min/mean', 'max/mean'], rows)
}

function momentName(name: string): string {
  return name === 'start' || name === 'end' ? name : `before ${name}`
}

function ratio(value: number | null): string {
  return value === null ? '–' : value.toFixed(2)
}
