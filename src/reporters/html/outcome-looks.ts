import type { CellOutcome } from '../../results/comparison/comparison.js'
import { html, type Markup } from './markup.js'

/** How an outcome looks; colour alone never tells it. */
const looks = {
  pass: { symbol: '✓', tone: 'good', word: 'Pass' },
  fail: { symbol: '✗', tone: 'bad', word: 'Fail' },
  invalid: { symbol: '?', tone: 'doubt', word: 'Invalid' },
  interrupted: { symbol: '◼', tone: 'doubt', word: 'Interrupted' },
  setup: { symbol: '!', tone: 'bad', word: 'Not started' },
  internal: { symbol: '!', tone: 'bad', word: 'Internal error' },
  'not run': { symbol: '–', tone: 'doubt', word: 'Not run' },
} as const satisfies Record<CellOutcome, unknown>

export function toneOf(outcome: CellOutcome): 'good' | 'bad' | 'doubt' {
  return looks[outcome].tone
}

export function badge(outcome: CellOutcome): Markup {
  const { symbol, tone, word } = looks[outcome]
  return html`<span class="badge ${tone}"><span class="symbol">${symbol}</span> ${word}</span>`
}
