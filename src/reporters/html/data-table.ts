import { type Content, html, type Markup } from './markup.js'

export interface Row {
  readonly name: Content
  readonly cells: readonly Content[]
  readonly isQuiet?: boolean
}

/** Names to the left, figures to the right; wider than the screen, it scrolls by itself. */
export function dataTable(head: readonly Content[], rows: readonly Row[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region"><table>
<thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(rowOf)}</tbody>
</table></div>`
}

/** Facts by name. */
export function factList(facts: readonly (readonly [name: Content, value: Content])[]): Markup {
  return html`<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

/** Facts side by side, broken between them only. */
export function inLine(facts: readonly string[]): Markup {
  return html`${facts.map((fact, index) => html`${index === 0 ? null : ' · '}<span class="unbroken">${fact}</span>`)}`
}

/** A count that is bad news unless it is 0. */
export function badCount(count: number, text: string): Markup {
  return count === 0 ? html`<span class="none">${text}</span>` : html`<span class="bad">${text}</span>`
}

function rowOf({ name, cells, isQuiet }: Row): Markup {
  const row = html`<th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}`
  return isQuiet ? html`<tr class="quiet">${row}</tr>\n` : html`<tr>${row}</tr>\n`
}
