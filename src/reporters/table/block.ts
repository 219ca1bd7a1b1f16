import { widthOf } from '../../base/text-width.js'
import { type Fact, type FactBlock, factText, valueText } from '../facts/fact.js'
import { toneMarks } from '../outcome-styles.js'
import type { Page } from '../page.js'

const GAP = 3

/** A block of facts on the terminal. */
export function blockLines(block: FactBlock, page: Page): string[] {
  const { title, table, facts, groups, tables, items } = block
  return [
    ...(table ? page.table(table) : [page.heading(title)]),
    ...page.run(facts.map(textOf)),
    ...groups.flatMap((group) => page.run([{ text: group.name }, ...group.facts.map(textOf)], '  ')),
    ...itemLines(items, page),
    ...tables.flatMap((own) => ['', ...page.table(own)]),
  ]
}

function textOf(fact: Fact) {
  return { text: factText(fact), ...(fact.tone && { tone: fact.tone }) }
}

/** A line each, the values below each other; a value without room takes lines of its own. */
export function itemLines(items: readonly Fact[], page: Page): string[] {
  const lead = Math.max(...items.map(({ label }) => widthOf(label))) + GAP
  return items.flatMap((item) => {
    const { label, tone = 'quiet' } = item
    const mark = page.tint(tone, toneMarks[tone].symbol)
    const value = valueText(item)
    const style = tone === 'good' ? 'dim' : undefined
    if (label === '') return page.item(mark, value)
    if (lead + widthOf(value) + 2 > page.room) {
      return [...page.item(mark, label), ...page.item(' ', value, style)]
    }
    const gap = ' '.repeat(lead - widthOf(label))
    return [`  ${mark} ${label}${gap}${style ? page.paint(style, value) : value}`]
  })
}
