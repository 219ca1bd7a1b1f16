import { expect, it } from 'vitest'
import { outcomes } from '../results/delivery/types.js'
import { Ledger } from './ledger.js'

it('records what became of each message, for more messages than expected', () => {
  const ledger = new Ledger(3, 2)
  ledger.begin(Float64Array.of(Number.NEGATIVE_INFINITY, 0, 95, 100, 9_000))
  for (let sequence = 1; sequence <= 40; sequence += 1) {
    expect(ledger.nextSequence).toBe(sequence)
    if (sequence === 7) ledger.failed(sequence * 10, sequence * 10 + 1)
    else ledger.written(sequence * 10, sequence * 10 + 1)
  }
  ledger.acked(1)
  ledger.acked(1)
  ledger.acked(7)
  ledger.acked(41)
  ledger.acked(40)
  ledger.refused(9)
  ledger.refused(1)
  ledger.acked(9)
  expect(ledger.counts).toEqual({ sent: 39, acked: 2, failed: 1, refused: 1, unacked: 36 })
  expect(ledger.unanswered).toBe(36)
  expect(ledger.lastMicros).toBe(401)
  const { stream, sentMicros, outcome, spanStarts } = ledger.toStream()
  expect(stream).toBe(3)
  expect(sentMicros).toHaveLength(40)
  expect(sentMicros[39]).toBe(401)
  // By planned send times: none before 0, nine before 95, and none from 9,000 on.
  expect([...spanStarts]).toEqual([0, 0, 9, 9, 40])
  expect([outcome[0], outcome[1], outcome[6], outcome[8], outcome[39]]).toEqual([
    outcomes.acked,
    outcomes.unacked,
    outcomes.failed,
    outcomes.refused,
    outcomes.acked,
  ])
})
