import type { GateResult, Result } from '../../results/result.js'
import { blockOf, type FactBlock, type Tone } from './fact.js'

export const gateTones = { pass: 'good', fail: 'bad', undecided: 'doubt' } as const satisfies Record<
  GateResult['outcome'],
  Tone
>

/** Each gate, whether it passed, and by how much. */
export function gatesFacts({ gates }: Pick<Result, 'gates'>): FactBlock | null {
  const passed = gates.filter(({ outcome }) => outcome === 'pass').length
  return blockOf('Gates', {
    facts:
      gates.length === 0 ? [] : [{ label: 'passed', value: `${passed} of ${gates.length}`, tone: 'quiet' }],
    items: gates.map(({ expression, outcome, reason }) => ({
      label: expression,
      value: reason,
      tone: gateTones[outcome],
    })),
  })
}
