import type { CellOutcome } from '../../../results/comparison/comparison.js'

/** How an outcome looks: the same as a run's where a run can have it. */
export const looks = {
  pass: { symbol: '✓', style: 'green', word: 'PASS' },
  fail: { symbol: '✗', style: 'red', word: 'FAIL' },
  invalid: { symbol: '?', style: 'yellow', word: 'INVALID' },
  interrupted: { symbol: '◼', style: 'yellow', word: 'INTERRUPTED' },
  setup: { symbol: '!', style: 'red', word: 'NOT STARTED' },
  internal: { symbol: '!', style: 'red', word: 'INTERNAL ERROR' },
  'not run': { symbol: '–', style: 'dim', word: 'NOT RUN' },
} as const satisfies Record<CellOutcome, unknown>
