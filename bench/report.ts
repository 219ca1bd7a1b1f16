import Table from 'cli-table3'
import { type Figure, isMet, spreadOf, type Target } from './figure.js'

/** The figures as a table: medians of the sides, the ratio's spread over rounds, its target, and the last run's median. */
export function renderFigures(figures: readonly Figure[], earlier: readonly Figure[]): string {
  const table = new Table({
    head: ['figure', 'ours', 'other', 'ratio: min', 'median', 'max', 'target', 'last time'],
    style: { head: [], border: [] },
  })
  for (const figure of figures) {
    const { name, against, unit, ratios, sides, target } = figure
    const ratio = spreadOf(ratios)
    const [ours, other] = Object.values(sides).map((values) => `${round(spreadOf(values).median)} ${unit}`)
    const before = earlier.find((one) => one.name === name && one.against === against)
    table.push([
      `${name} / ${against}`,
      ours!,
      other!,
      ...[ratio.least, ratio.median, ratio.most].map(round),
      target === null ? '' : `${describe(target)} ${isMet(figure) ? '✓' : '✗'}`,
      before ? round(spreadOf(before.ratios).median) : '',
    ])
  }
  return table.toString()
}

function describe(target: Target): string {
  return 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`
}

function round(value: number): string {
  return value.toPrecision(3)
}
