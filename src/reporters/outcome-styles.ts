import type { CellOutcome } from '../results/comparison/comparison.js'
import type { Tone } from './facts/fact.js'

/** How an outcome is shown. Colour is never the only sign. */
export const outcomeStyles = {
  pass: { word: 'Pass', symbol: '✓', emoji: '✅', tone: 'good' },
  fail: { word: 'Fail', symbol: '✗', emoji: '❌', tone: 'bad' },
  invalid: { word: 'Invalid', symbol: '?', emoji: '⚠️', tone: 'doubt' },
  interrupted: { word: 'Interrupted', symbol: '◼', emoji: '⏹️', tone: 'doubt' },
  setup: { word: 'Not started', symbol: '!', emoji: '❌', tone: 'bad' },
  internal: { word: 'Internal error', symbol: '!', emoji: '❌', tone: 'bad' },
  inconclusive: { word: 'Inconclusive', symbol: '?', emoji: '❔', tone: 'doubt' },
  'not run': { word: 'Not run', symbol: '–', emoji: '➖', tone: 'doubt' },
} as const satisfies Record<
  CellOutcome | 'inconclusive',
  { word: string; symbol: string; emoji: string; tone: Tone }
>

/** What marks a line of that tone; without a tone, as `quiet`. */
export const toneMarks = {
  good: { symbol: '✓', emoji: '✅' },
  bad: { symbol: '✗', emoji: '❌' },
  doubt: { symbol: '!', emoji: '⚠️' },
  quiet: { symbol: '·', emoji: '·' },
} as const satisfies Record<Tone, unknown>
