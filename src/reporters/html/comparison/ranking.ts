import { figureNames, figures } from '../../../results/comparison/figures.js'
import type { CellSummary, Group, Ranking } from '../../../results/comparison/ranking.js'
import { formatFigure, titleOf } from '../../table/comparison/cells-block.js'
import { readingOf } from '../../table/comparison/reading-lines.js'
import { badge } from '../block.js'
import { dataTable, type Row } from '../data-table.js'
import type { Section } from '../figure.js'
import { html, type Markup } from '../markup.js'
import { spreadBars } from './spread-bars.js'

const NOTHING = '–'

/** Like against like: a table a group with the best cell first, what can be read from it, each figure as bars. */
export function rankingSection({ groups, unranked }: Ranking): Section {
  return {
    id: 'ranking',
    title: 'Ranking',
    charts: [],
    body: html`${groups.map((group) => html`${titleIn(group, groups)}${groupMarkup(group)}`)}
${unranked.length === 0 ? null : html`<h3>Not ranked</h3>${cellsTable(unranked, null)}`}`,
  }
}

function groupMarkup(group: Group): Markup {
  const reading = readingOf(group)
  return html`${cellsTable(group.cells, group)}
${reading && html`<p class="reading">${capitalized(reading.sentence)}</p><p class="hint">${reading.caution} In the bars the best is <b class="best">green</b>, what may be noise beside it <b class="near">pale</b>.</p>`}
<div class="columns">${figureNames.map((figure) => spreadBars(figure, group))}</div>`
}

/** Said where it is news: a lone group of real parts is just the ranking. */
function titleIn(group: Group, groups: readonly Group[]): Markup | null {
  if (groups.length === 1 && group.embedded.length === 0) return null
  return html`<h3>${titleOf(group)}</h3>\n`
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

function cellsTable(cells: readonly CellSummary[], group: Group | null): Markup {
  return dataTable(
    ['', 'verdict', ...figureNames.map((name) => figures[name].heading)],
    cells.map((summary, index) => cellRow(summary, index, group)),
  )
}

/** The medians, and below them the least and the most where there are several runs. */
function cellRow({ cell, outcome, ...summary }: CellSummary, index: number, group: Group | null): Row {
  const cells = figureNames.map((name) => {
    const spread = summary.figures[name]
    if (spread === null) return NOTHING
    const isBest = group?.readings.some(({ figure, best }) => figure === name && best.includes(cell.name))
    const median = formatFigure(name, spread.median)
    return html`${isBest ? html`<b class="best">${median}</b>` : median}${
      spread.runs > 1
        ? html`<br><small>${formatFigure(name, spread.least)} – ${formatFigure(name, spread.most)}</small>`
        : null
    }`
  })
  return { name: `${group ? `${index + 1}. ` : ''}${cell.name}`, cells: [badge(outcome), ...cells] }
}
