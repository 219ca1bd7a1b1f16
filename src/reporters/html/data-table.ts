import { type Fact, type FactTable, type Tone, valueText } from '../facts/fact.js'
import { type Content, html, type Markup } from './markup.js'

export interface Row {
  readonly name: Content
  readonly cells: readonly Content[]
  readonly isQuiet?: boolean
}

/** Rows of a fact table; result.json has all of them. */
const MOST_ROWS = 50

/** Names to the left, figures to the right; a table wider than the screen scrolls. */
export function dataTable(head: readonly Content[], rows: readonly Row[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region"><table>
<thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(rowOf)}</tbody>
</table></div>`
}

export function factTable({ columns, rows }: FactTable): Markup {
  const rest = rows.length - MOST_ROWS
  const shown = rows.slice(0, MOST_ROWS).map(({ cells, ...row }) => ({
    ...row,
    cells: cells.map(({ value, tone }) => toned(value, tone)),
  }))
  return html`${dataTable(['', ...columns.map(({ label }) => label)], shown)}${
    rest > 0 ? html`<p class="hint">and ${rest} more</p>` : null
  }`
}

/** Facts by label. */
export function factList(facts: readonly Fact[]): Markup | null {
  if (facts.length === 0) return null
  return html`<dl class="facts">${facts.map(
    (fact) => html`<div><dt>${fact.label}</dt><dd>${toned(valueText(fact), fact.tone)}</dd></div>`,
  )}</dl>`
}

function toned(text: string, tone: Tone | undefined): Content {
  if (tone === 'bad') return html`<span class="bad">${text}</span>`
  return tone === 'quiet' ? html`<span class="none">${text}</span>` : text
}

function rowOf({ name, cells, isQuiet }: Row): Markup {
  const row = html`<th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}`
  return isQuiet ? html`<tr class="quiet">${row}</tr>\n` : html`<tr>${row}</tr>\n`
}
