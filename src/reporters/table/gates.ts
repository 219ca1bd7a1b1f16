import { widthOf } from '../../base/text-width.js'
import type { GateResult, Result } from '../../results/result.js'
import type { Page } from '../page.js'

const GAP = 3

/** Each gate, whether it held, and by how much. */
export function gatesBlock({ gates }: Result, page: Page): string[] {
  if (gates.length === 0) return []
  const held = gates.filter(({ ok }) => ok).length
  const lead = Math.max(...gates.map(({ expression }) => widthOf(expression))) + GAP
  return [
    `${page.heading('Gates')} ${page.paint('dim', `${held} of ${gates.length} held`)}`,
    ...gates.flatMap((gate) => gateLines(gate, lead, page)),
  ]
}

function gateLines({ expression, ok, reason }: GateResult, lead: number, page: Page): string[] {
  const mark = ok ? page.paint('green', '✓') : page.paint('red', '✗')
  const [gate, why] = [expression, reason]
  if (lead + widthOf(why) + 2 <= page.room) {
    const gap = ' '.repeat(lead - widthOf(gate))
    return [`  ${mark} ${gate}${gap}${ok ? page.paint('dim', why) : why}`]
  }
  return [...page.item(mark, gate), ...page.item(' ', why, ok ? 'dim' : undefined)]
}
