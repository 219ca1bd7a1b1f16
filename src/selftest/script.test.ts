import { expect, it } from 'vitest'
import { drawReceipts } from './receipt.js'
import { Script, type Treatment } from './script.js'

const MESSAGES = 20
const members = Array.from({ length: 500 }, (_, member) => member)

it('is the same for the same seed, and different for another', () => {
  const [script, again, other] = [1, 1, 2].map((seed) =>
    members.map((member) => new Script(seed, member, MESSAGES)),
  )
  expect(again).toEqual(script)
  expect(other).not.toEqual(script)
})

it('has every kind of fault', () => {
  const scripts = members.map((member) => new Script(1, member, MESSAGES))
  const treatments = new Set<Treatment>()
  for (const script of scripts) {
    for (let sequence = 1; sequence <= MESSAGES; sequence += 1)
      treatments.add(script.treatmentOf(0, sequence))
  }
  const kinds = ['corrupt', 'cut', 'delay', 'deliver', 'drop', 'duplicate', 'hold', 'late', 'unexpected']
  expect([...treatments].sort()).toEqual(kinds)
  expect(
    scripts.some((script) => script.treatmentOf(0, 1) === 'drop' && script.treatmentOf(1, 1) === 'drop'),
  ).toBe(true)
  const disconnects = scripts.flatMap((script) => script.disconnects)
  expect(new Set(disconnects.map(({ how }) => how))).toEqual(new Set(['destroy', 1001, 1011]))
  expect(disconnects.some(({ claimsRecovery, replay }) => claimsRecovery && replay.share < 1)).toBe(true)
  expect(disconnects.some(({ replay }) => replay.order === 'backward' && replay.again > 0)).toBe(true)
  expect(disconnects.some(({ confirmAfter }) => confirmAfter > MESSAGES)).toBe(true)
})

it('disconnects and confirms in turn', () => {
  for (const member of members) {
    const times = new Script(3, member, MESSAGES).disconnects.flatMap(({ closeAfter, confirmAfter }) => [
      closeAfter,
      confirmAfter,
    ])
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
  }
})

it('leaves at least one message of each stream unacked, and delivers every message that it acks', () => {
  for (let publisher = 0; publisher < 50; publisher += 1) {
    const receipts = drawReceipts(7, publisher, MESSAGES)
    expect(receipts).toHaveLength(MESSAGES)
    expect(receipts.some(({ ack }) => ack === 'never')).toBe(true)
    const accepted = receipts.filter(({ ack }) => ack !== 'never' && ack !== 'refused')
    expect(new Set(accepted.map(({ reach }) => reach))).toEqual(new Set(['all']))
  }
})
