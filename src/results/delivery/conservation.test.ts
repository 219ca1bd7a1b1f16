import { describe, expect, it } from 'vitest'
import { checkConservation } from './conservation.js'
import { type DeliveryReport, emptyCounts } from './types.js'

const counts = {
  ...emptyCounts(),
  planned: 14,
  unpublished: 1,
  indeterminate: 3,
  due: 10,
  delivered: 5,
  late: 1,
  replayed: 1,
  lostOnDisconnect: 2,
  missingAtBoundary: 1,
}
const missing = {
  ...emptyCounts(),
  unpublished: 1,
  indeterminate: 3,
  lostOnDisconnect: 2,
  missingAtBoundary: 1,
}

const sound: DeliveryReport = {
  total: counts,
  byCause: { unexplained: missing },
  byPhase: { steady: counts },
  byChannel: { scores: counts },
  byNode: { n1: counts, n2: emptyCounts() },
  unexplainedDuring: {},
  lastDeliveredMicros: 0,
  lostBySecond: { 3: 1, 4: 1 },
  unexpected: 0,
  corrupted: 0,
  malformed: 0,
  beforeDue: 0,
  ambiguous: 0,
  clientsNeverSubscribed: 0,
  firstCopies: 7,
}

describe('checkConservation', () => {
  it('has nothing to say where every identity holds', () => {
    expect(checkConservation(sound)).toEqual([])
  })

  it.each<[string, Partial<DeliveryReport>, string]>([
    ['total', { total: { ...counts, due: 11 } }, 'the classes in total sum to 10, but 11 were due'],
    [
      'cell',
      { byNode: { n1: { ...counts, delivered: 4 } } },
      'the classes of node n1 sum to 9, but 10 were due',
    ],
    [
      'plan',
      { total: { ...counts, planned: 15 } },
      'due and not due in total sum to 14, but 15 were planned',
    ],
    ['cause', { byCause: {} }, 'indeterminate by cause sums to 0, but is 3 in total'],
    ['phase', { byPhase: {} }, 'due by phase sums to 0, but is 10 in total'],
    [
      'late copy',
      { byNode: { n1: { ...counts, late: 0 } } },
      'the classes of node n1 sum to 9, but 10 were due',
    ],
    ['channel', { byChannel: {} }, 'replayed by channel sums to 0, but is 1 in total'],
    ['node', { byNode: { n1: counts, n2: counts } }, 'delivered by node sums to 10, but is 5 in total'],
    ['cause', { byCause: {} }, 'lostOnDisconnect by cause sums to 0, but is 2 in total'],
    ['second', { lostBySecond: {} }, 'losses by second sum to 0, but 2 were lost in total'],
    [
      'missing copy',
      { firstCopies: 6 },
      '7 delivered, late and replayed were derived, but 6 first copies came',
    ],
    [
      'extra copy',
      { firstCopies: 8 },
      '7 delivered, late and replayed were derived, but 8 first copies came',
    ],
  ])('names a broken %s', (_, broken, sentence) => {
    expect(checkConservation({ ...sound, ...broken })).toContain(sentence)
  })

  it('allows for what is ambiguous', () => {
    expect(checkConservation({ ...sound, firstCopies: 5, ambiguous: 2 })).toEqual([])
    for (const firstCopies of [4, 6])
      expect(checkConservation({ ...sound, firstCopies, ambiguous: 2 })).toHaveLength(1)
  })
})
