import { figureNames, figures } from '../../../results/comparison/figures.js'
import type { CellSummary, Group, RankedCell, Ranking } from '../../../results/comparison/ranking.js'
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
${reading && html`${reading.findings.map((finding) => html`<p class="reading">${capitalized(finding)}</p>`)}<p class="hint">${reading.caution}${reading.findings.length === 0 ? null : html` In the bars the best is <b class="best">green</b>, and <b class="near">pale</b> what is not shown to differ from it.`}</p>`}
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

function cellsTable(cells: readonly (CellSummary | RankedCell)[], group: Group | null): Markup {
  return dataTable(
    ['', 'verdict', ...figureNames.map((name) => figures[name].heading)],
    cells.map((summary) => cellRow(summary, group)),
  )
}

/** The medians, and below them the least and the most where there are several runs. */
function cellRow({ cell, outcome, ...summary }: CellSummary | RankedCell, group: Group | null): Row {
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
  const rank = 'rank' in summary && summary.rank !== null ? `${summary.rank}. ` : ''
  return { name: `${rank}${cell.name}`, cells: [badge(outcome), ...cells] }
}
