import { expect, it } from 'vitest'
import { outcomes } from '../results/delivery/types.js'
import { Ledger } from './ledger.js'

it('records what became of each message, for more messages than expected', () => {
  const ledger = new Ledger(3, 2)
  for (let sequence = 1; sequence <= 40; sequence += 1) {
    expect(ledger.nextSequence).toBe(sequence)
    if (sequence === 7) ledger.failed(sequence * 10)
    else ledger.written(sequence * 10)
  }
  ledger.acked(1)
  ledger.acked(1)
  ledger.acked(7)
  ledger.acked(41)
  ledger.acked(40)
  expect(ledger.counts).toEqual({ sent: 39, acked: 2, failed: 1, unacked: 37 })
  expect(ledger.unanswered).toBe(37)
  expect(ledger.lastMicros).toBe(400)
  const { stream, sentMicros, outcome } = ledger.toStream()
  expect(stream).toBe(3)
  expect(sentMicros).toHaveLength(40)
  expect(sentMicros[39]).toBe(400)
  expect([outcome[0], outcome[1], outcome[6], outcome[39]]).toEqual([
    outcomes.acked,
    outcomes.unacked,
    outcomes.failed,
    outcomes.acked,
  ])
})
