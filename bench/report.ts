import Table from 'cli-table3'
import { type Figure, isMet, spreadOf, type Target } from './figure.js'

const HEAD = ['figure', 'ours', 'other', 'ratio: min', 'median', 'max', 'rounds', 'target']

/** The figures as a table: medians of the sides, the ratio's spread over rounds, its target, and the last run's median. */
export function renderFigures(figures: readonly Figure[], earlier: readonly Figure[]): string {
  const table = new Table({ head: [...HEAD, 'last time'], style: { head: [], border: [] } })
  for (const figure of figures) {
    const before = earlier.find(({ name, against }) => name === figure.name && against === figure.against)
    table.push([...cellsOf(figure), before ? round(spreadOf(before.ratios).median) : ''])
  }
  return [table.toString(), ...notesOf(figures)].join('\n')
}

/** The same for a page: nothing of the last run, which a reader of the page has not seen. */
export function renderMarkdown(figures: readonly Figure[]): string {
  const rows = [HEAD, HEAD.map(() => '---'), ...figures.map(cellsOf)].map(
    (cells) => `| ${cells.join(' | ')} |`,
  )
  return [...rows, '', ...notesOf(figures).map((note) => `    ${note}`)].join('\n')
}

function cellsOf(figure: Figure): string[] {
  const { name, against, unit, ratios, sides, target } = figure
  const { least, median, most } = spreadOf(ratios)
  const [ours, other] = Object.values(sides).map((values) => `${round(spreadOf(values).median)} ${unit}`)
  const verdict = target === null ? '' : `${describe(target)} ${isMet(figure) ? '✓' : '✗'}`
  return [
    `${name} / ${against}`,
    ours!,
    other!,
    round(least),
    round(median),
    round(most),
    `${ratios.length}`,
    verdict,
  ]
}

function notesOf(figures: readonly Figure[]): readonly string[] {
  return figures.flatMap(({ notes = [] }) => notes)
}

function describe(target: Target): string {
  return 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`
}

function round(value: number): string {
  return value >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3)
}
