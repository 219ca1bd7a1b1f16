import type { CellOutcome } from '../../results/comparison/comparison.js'
import { type Fact, type FactBlock, valueText } from '../facts/fact.js'
import { outcomeStyles, toneMarks } from '../outcome-styles.js'
import { factList, factTable } from './data-table.js'
import { html, type Markup } from './markup.js'

/** A block of facts, without its title: its groups are cards. */
export function blockMarkup({ table, facts, groups, tables, items }: FactBlock): Markup {
  return html`${factList(facts)}${table && factTable(table)}${itemList(items)}
${tables.map((own) => html`<h3>${own.title}</h3>${factTable(own)}`)}${groups.map(
  ({ name, facts: own }, index) => html`<article class="card">
<h3><b class="number">${index + 1}</b> ${name}</h3>${factList(own)}</article>\n`,
)}`
}

/** A line each, marked by its tone. */
export function itemList(items: readonly Fact[]): Markup | null {
  if (items.length === 0) return null
  return html`<ul class="gates">${items.map(
    (item) => html`<li class="${item.tone ?? 'quiet'}">
<span class="symbol">${toneMarks[item.tone ?? 'quiet'].symbol}</span>${
      item.label === '' ? null : html`<code>${item.label}</code>`
    }<span class="reason">${valueText(item)}</span></li>\n`,
  )}</ul>`
}

export function badge(outcome: CellOutcome): Markup {
  const { symbol, tone, word } = outcomeStyles[outcome]
  return html`<span class="badge ${tone}"><span class="symbol">${symbol}</span> ${word}</span>`
}
