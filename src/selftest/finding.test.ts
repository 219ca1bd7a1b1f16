import { describe, expect, it } from 'vitest'
import type { Result } from '../results/result.js'
import { type ExpectedResult, noCounts } from './expected-result.js'
import { type Finding, find } from './finding.js'
import { findingTable } from './finding-table.js'

const counts = {
  planned: 1_234_570,
  unpublished: 2,
  neverSubscribed: 0,
  indeterminate: 1,
  due: 1_234_567,
  delivered: 1_234_547,
  replayed: 4,
  lostInFlight: 7,
  lostOnDisconnect: 1,
  lostWhileOffline: 6,
  falseRecovery: 2,
  missingAtBoundary: 0,
  reordered: 1,
  duplicateInEpoch: 1,
  duplicateAcrossEpochs: 1,
}
const missing = {
  ...noCounts(),
  unpublished: 2,
  indeterminate: 1,
  lostInFlight: 7,
  lostOnDisconnect: 1,
  lostWhileOffline: 6,
  falseRecovery: 2,
}
const truth: ExpectedResult = {
  total: counts,
  byChannel: { solo: counts },
  byPhase: { steady: counts },
  byNode: { n1: counts },
  unexpected: 3,
  published: { sent: 9, acked: 7, failed: 1, refused: 1, unacked: 1, unackedDelivered: 1 },
  connections: { opened: 5, reconnects: 2, closeCodes: { 1001: 2 } },
  affinity: { reconnectedSameNode: 2, reconnectedOtherNode: 0 },
  closestMicros: 150_000,
}

/** What a result must say to be exact. */
function resultWith(changes: { lostInFlight?: number; reasons?: string[]; outcome?: string } = {}): Result {
  const { outcome = 'pass', reasons = [], lostInFlight = 7 } = changes
  return {
    delivery: {
      ...counts,
      lostInFlight,
      lost: 16,
      unexpected: 3,
      beforeDue: 0,
      ambiguous: 0,
      published: truth.published,
      byChannel: { solo: counts },
      byPhase: { steady: counts },
      byNode: { n1: counts },
      byCause: { unexplained: missing },
    },
    connections: { opened: 5, reconnects: 2, closeCodes: { 1001: 2 } },
    affinity: { ...truth.affinity, routedToDraining: null },
    verdict: { outcome, reasons },
  } as unknown as Result
}

function shown(finding: Finding): string {
  return findingTable(finding, { seconds: 38.2, seed: 4, color: false })
}

describe('a selftest', () => {
  it('is exact when every figure equals the ledger, however busy the machine was', () => {
    const finding = find(resultWith(), truth, 900_000)
    expect(finding.outcome).toBe('exact')
    expect(shown(finding).split('\n')[0]).toBe('✓ PASS selftest: 1,234,567 deliveries, every class exact')
    expect(shown(finding)).toMatch(/38\.2 s · seed 4/)
    expect(shown(finding)).not.toMatch(/✗/)
  })

  it('is a miscount when one figure differs by one, and shows which', () => {
    const finding = find(resultWith({ lostInFlight: 6 }), truth, 20_000)
    expect(finding.outcome).toBe('miscount')
    expect(shown(finding).split('\n')[0]).toMatch(/^✗ FAIL selftest: 1 of \d+ figures differ/)
    expect(shown(finding)).toMatch(/lost in flight +│ +6 │ +7 │ ✗ │/)
  })

  it('is a miscount when the books do not balance, though all figures are right', () => {
    const finding = find(
      resultWith({ outcome: 'invalid', reasons: ['the books do not balance'] }),
      truth,
      20_000,
    )
    expect(finding.outcome).toBe('miscount')
    expect(shown(finding)).toMatch(/the books do not balance/)
  })

  it('does not judge when the generator was later than a message was from an edge', () => {
    const finding = find(resultWith({ lostInFlight: 6 }), truth, 145_000)
    expect(finding.outcome).toBe('invalid')
    expect(shown(finding)).toMatch(/150 ms or more after an edge; generator 145 ms late at most/)
  })

  it('does not call equal zeros a proof', () => {
    const honest = { ...truth, unexpected: 0 }
    const result = resultWith()
    const finding = find({ ...result, delivery: { ...result.delivery, unexpected: 0 } }, honest, 0)
    expect(finding).toMatchObject({
      outcome: 'invalid',
      reasons: [expect.stringMatching(/told: unexpected/)],
    })
  })

  it('was interrupted when its run was', () => {
    expect(find(resultWith({ outcome: 'interrupted' }), truth, 0).outcome).toBe('interrupted')
  })

  it('fits into 80 columns', () => {
    const lines = shown(find(resultWith({ lostInFlight: 6 }), truth, 1_450_000)).split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })
})
