import { expect, it } from 'vitest'
import { Patience, STEP_MS } from './patience.js'

const LIMIT_MS = 1_000

function stepped(patience: Patience, steps: number, isDue = true): Patience {
  for (let step = 0; step < steps; step += 1) patience.step(STEP_MS, isDue)
  return patience
}

it('is over for those that were silent for the limit after an answer was due, and for no others', () => {
  const patience = new Patience(2)
  patience.ask()
  stepped(patience, 3)
  patience.hear(1)
  stepped(patience, 1)
  expect([0, 1].map((index) => patience.isOver(index, LIMIT_MS))).toEqual([true, false])
})

it('does not count silence before an answer is due, nor that of an earlier question', () => {
  const patience = new Patience(1)
  stepped(patience, 100, false)
  expect(patience.isOver(0, LIMIT_MS)).toBe(false)
  stepped(patience, 3)
  patience.ask()
  stepped(patience, 3)
  expect(patience.isOver(0, LIMIT_MS)).toBe(false)
})

it('counts a minute in which this process was stopped as one step', () => {
  const patience = new Patience(1)
  patience.step(60_000, true)
  expect(patience.isOver(0, LIMIT_MS)).toBe(false)
})
