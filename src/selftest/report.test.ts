import { describe, expect, it } from 'vitest'
import { emptyCounts } from '../results/delivery/types.js'
import type { Result } from '../results/result.js'
import type { ExpectedResult } from './expected-result.js'
import { judgeSelftest, type SelftestReport } from './report.js'
import { reportTable } from './report-table.js'

const counts = {
  planned: 1_234_570,
  unpublished: 2,
  neverSubscribed: 0,
  indeterminate: 1,
  due: 1_234_567,
  delivered: 1_234_542,
  late: 5,
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
  ...emptyCounts(),
  unpublished: 2,
  indeterminate: 1,
  lostInFlight: 7,
  lostOnDisconnect: 1,
  lostWhileOffline: 6,
  falseRecovery: 2,
}
const expected: ExpectedResult = {
  total: counts,
  byChannel: { single: counts },
  byPhase: { steady: counts },
  byNode: { n1: counts },
  unexpected: 3,
  corrupted: 5,
  malformed: 6,
  published: { sent: 9, acked: 7, failed: 1, refused: 1, unacked: 1, unackedDelivered: 1 },
  connections: { opened: 5, reconnects: 2, closeCodes: { 1001: 2 } },
  affinity: { reconnectedSameNode: 2, reconnectedOtherNode: 0 },
  closestMicros: 150_000,
}

/** An exact result, but for these changes. */
function resultWith(changes: { lostInFlight?: number; reasons?: string[]; outcome?: string } = {}): Result {
  const { outcome = 'pass', reasons = [], lostInFlight = 7 } = changes
  return {
    delivery: {
      ...counts,
      lostInFlight,
      lost: 16,
      unexpected: 3,
      corrupted: 5,
      malformed: 6,
      beforeDue: 0,
      ambiguous: 0,
      published: expected.published,
      byChannel: { single: counts },
      byPhase: { steady: counts },
      byNode: { n1: counts },
      byCause: { unexplained: missing },
    },
    connections: { opened: 5, reconnects: 2, closeCodes: { 1001: 2 } },
    affinity: { ...expected.affinity, routedToDraining: null },
    verdict: { outcome, reasons },
  } as unknown as Result
}

function tableOf(report: SelftestReport): string {
  return reportTable(report, { seconds: 38.2, seed: 4, color: false })
}

describe('a selftest', () => {
  it('is exact if every figure is as expected, however busy the machine was', () => {
    const report = judgeSelftest(resultWith(), expected, 900_000)
    expect(report.outcome).toBe('exact')
    expect(tableOf(report).split('\n')[0]).toBe('✓ PASS selftest: 1,234,567 deliveries, every class exact')
    expect(tableOf(report)).toMatch(/38\.2 s · seed 4/)
    expect(tableOf(report)).not.toMatch(/✗/)
  })

  it('is a miscount if one figure differs by one, and shows which', () => {
    const report = judgeSelftest(resultWith({ lostInFlight: 6 }), expected, 20_000)
    expect(report.outcome).toBe('miscount')
    expect(tableOf(report).split('\n')[0]).toMatch(/^✗ FAIL selftest: 1 of \d+ figures are not as expected/)
    expect(tableOf(report)).toMatch(/lost in flight +│ +6 │ +7 │ ✗ │/)
  })

  it('is a miscount if an accounting identity is violated, though all figures are as expected', () => {
    const report = judgeSelftest(
      resultWith({ outcome: 'invalid', reasons: ['accounting identity violated'] }),
      expected,
      20_000,
    )
    expect(report.outcome).toBe('miscount')
    expect(tableOf(report)).toMatch(/accounting identity violated/)
  })

  it('does not judge if the event-loop lag was as long as a message was from a class boundary', () => {
    const report = judgeSelftest(resultWith({ lostInFlight: 6 }), expected, 145_000)
    expect(report.outcome).toBe('invalid')
    expect(tableOf(report)).toMatch(/≥ 150 ms after a class boundary · event-loop lag ≤ 145 ms/)
  })

  it.each(['unexpected', 'corrupted', 'malformed'])('does not judge if nothing was %s', (fault) => {
    const result = resultWith()
    const delivery = { ...result.delivery, [fault]: 0 }
    const report = judgeSelftest({ ...result, delivery }, { ...expected, [fault]: 0 }, 0)
    expect(report).toMatchObject({
      outcome: 'invalid',
      reasons: [expect.stringMatching(`did not occur: ${fault};`)],
    })
  })

  it('is interrupted if its run was', () => {
    expect(judgeSelftest(resultWith({ outcome: 'interrupted' }), expected, 0).outcome).toBe('interrupted')
  })

  it('fits into 80 columns', () => {
    const lines = tableOf(judgeSelftest(resultWith({ lostInFlight: 6 }), expected, 1_450_000)).split('\n')
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })
})
