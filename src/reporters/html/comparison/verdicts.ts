import { type ComparedCell, type Comparison, outcomeOf } from '../../../results/comparison/comparison.js'
import { gatesPassed, reasonsOf } from '../../table/comparison/verdicts-block.js'
import { badge } from '../block.js'
import type { Section } from '../figure.js'
import { html, type Markup } from '../markup.js'

const MOST_REASONS = 8

/** Each cell's verdict, in the order they were asked for: how many gates passed, and why others did not. */
export function verdictsSection({ cells }: Comparison): Section {
  return {
    id: 'verdicts',
    title: 'Verdicts',
    charts: [],
    body: html`<ul class="cells">${cells.map(cellMarkup)}</ul>`,
  }
}

function cellMarkup(cell: ComparedCell): Markup {
  const reasons = reasonsOf(cell)
  const rest = reasons.length - MOST_REASONS
  return html`<li>${badge(outcomeOf(cell))}<div><b>${cell.name}</b> <span class="none">${gatesPassed(cell)}</span>
${reasons.length === 0 ? null : html`<ul class="notes">${reasons.slice(0, MOST_REASONS).map((reason) => html`<li>${reason}</li>`)}</ul>`}
${rest > 0 ? html`<p class="hint">and ${rest} more</p>` : null}</div></li>\n`
}
