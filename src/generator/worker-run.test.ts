import { expect, it } from 'vitest'
import { dueStarts } from './worker-run.js'

it('starts the first connection at once, the others at the rate, and never more than there are', () => {
  expect(dueStarts(1000, 0, 10)).toBe(1)
  expect(dueStarts(1000, 4_000, 10)).toBe(5)
  expect(dueStarts(1000, 60_000_000, 10)).toBe(10)
  expect(dueStarts(0.5, 1_999_999, 10)).toBe(1)
  expect(dueStarts(0.5, 2_000_000, 10)).toBe(2)
})
