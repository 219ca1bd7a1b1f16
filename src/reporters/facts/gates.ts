import type { Result } from '../../results/result.js'
import { blockOf, type FactBlock } from './fact.js'

/** Each gate, whether it passed, and by how much. */
export function gatesFacts({ gates }: Pick<Result, 'gates'>): FactBlock | null {
  const passed = gates.filter(({ ok }) => ok).length
  return blockOf('Gates', {
    facts:
      gates.length === 0 ? [] : [{ label: 'passed', value: `${passed} of ${gates.length}`, tone: 'quiet' }],
    items: gates.map(({ expression, ok, reason }) => ({
      label: expression,
      value: reason,
      tone: ok ? 'good' : 'bad',
    })),
  })
}
