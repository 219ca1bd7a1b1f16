import { formatCount, formatMicros } from '../../../base/format.js'
import { widthOf } from '../../../base/text-width.js'
import { type FigureName, figureNames, figures } from '../../../results/comparison/figures.js'
import type { CellSummary, Group, Ranking } from '../../../results/comparison/ranking.js'
import type { Spread } from '../../../results/comparison/spread.js'
import { outcomeStyles } from '../../outcome-styles.js'
import type { GridRow, Page } from '../../page.js'
import { readingLines } from './reading-lines.js'

const NOTHING = '–'

/** A table for each group, the best cell first, with what it shows; then the cells that are not ranked. */
export function cellsBlock({ groups, unranked }: Ranking, page: Page): string[] {
  const parts = [
    ...groups.map((group) => [
      ...table(titleOf(group), group.cells, group, page),
      ...readingLines(group, page),
    ]),
    ...(unranked.length > 0 ? [table('Not ranked', unranked, null, page)] : []),
  ]
  return parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
}

export function titleOf({ embedded, cells }: Group): string {
  const title = cells[0]!.rank === null ? 'Side by side' : 'Ranked'
  if (embedded.length === 0) return title
  return `${title}, with an embedded ${embedded.join(' and ')}: not comparable with real ones`
}

/** Cells whose names do not fit are numbered, and the names listed below. */
function table(title: string, cells: readonly CellSummary[], group: Group | null, page: Page): string[] {
  const head = ['', ...figureNames.map((name) => figures[name].heading)]
  const rows = (nameOf: (summary: CellSummary, index: number) => string) =>
    cells.flatMap((summary, index) => cellRows(nameOf(summary, index), summary, group, page))
  const named = rows(({ cell, outcome }) => `${outcomeStyles[outcome].symbol} ${cell.name}`)
  const room = page.nameRoom(head, named)
  if (named.every(({ name }) => widthOf(name) <= room))
    return [page.heading(title), ...page.grid(head, named)]
  return [
    page.heading(title),
    ...page.grid(
      head,
      rows(({ outcome }, index) => `${outcomeStyles[outcome].symbol} ${index + 1}`),
    ),
    ...cells.flatMap(({ cell }, index) => page.item(`${index + 1}`, cell.name, 'dim')),
  ]
}

/** The medians; with several runs, the least and the most below them. */
function cellRows(name: string, summary: CellSummary, group: Group | null, page: Page): GridRow[] {
  const cells = (read: (spread: Spread) => number) =>
    figureNames.map((figure) => {
      const spread = summary.figures[figure]
      return spread === null ? NOTHING : formatFigure(figure, read(spread))
    })
  const medians = cells(({ median }) => median).map((text, index) => {
    const reading = group?.readings.find(({ figure }) => figure === figureNames[index])
    return reading?.best.includes(summary.cell.name) ? page.paint('green', text) : text
  })
  const isRepeated = figureNames.some((figure) => (summary.figures[figure]?.runs ?? 0) > 1)
  return [
    { name, cells: medians },
    ...(isRepeated
      ? [
          { name: '  · least', cells: cells(({ least }) => least), isQuiet: true },
          { name: '  · most', cells: cells(({ most }) => most), isQuiet: true },
        ]
      : []),
  ]
}

export function formatFigure(figure: FigureName, value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'never'
  switch (figures[figure].unit) {
    case 'micros':
      return formatMicros(value)
    case 'ratio':
      return value.toFixed(2)
    case 'count':
      return value < 10 && !Number.isInteger(value) ? value.toPrecision(2) : formatCount(value)
  }
}
