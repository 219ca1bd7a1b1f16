import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkConservation } from './conservation.js'
import { addCounts, mergeDisconnects } from './merge.js'
import { oracleDisconnects } from './testing/disconnects-oracle.js'
import { followHistory, judgeHistory, pendingAt } from './testing/follow-history.js'
import { Oracle } from './testing/oracle.js'
import { type RandomRun, randomRun } from './testing/random-history.js'
import { type DeliveryReport, deliveryClasses, emptyCounts, UNEXPLAINED } from './types.js'

const effort = process.env.WSBENCH_LONG === '1' ? 100 : 1
const timeout = effort * 120_000

describe('delivery accounting, against an oracle that keeps every copy', () => {
  it('tells the same, number for number, however clients are split over workers', { timeout }, () => {
    const isSame = fc.property(randomRun, (run) => void checkDelivery(run))
    fc.assert(isSame, { numRuns: 2_500 * effort })
  })

  it('lays breaks on the same events, with the same downtimes', { timeout }, () => {
    fc.assert(fc.property(randomRun, checkDisconnects), { numRuns: 250 * effort })
  })

  it('is tried on every class', () => {
    const runs = fc.sample(randomRun, { numRuns: 900, seed: 1 })
    const reports = runs.map(checkDelivery)
    const all = reports.map(({ total }) => total).reduce(addCounts, emptyCounts())
    for (const name of deliveryClasses) expect(all[name], name).toBeGreaterThan(100)
    expect(reports.filter(({ unexpected }) => unexpected > 0).length).toBeGreaterThan(100)
    expect(reports.filter(({ beforeDue }) => beforeDue > 0).length).toBeGreaterThan(100)
    expect(reports.filter(({ lostBySecond }) => (lostBySecond[-1] ?? 0) > 0).length).toBeGreaterThan(10)
    const causes = reports.flatMap(({ byCause }) => Object.entries(byCause))
    for (const name of ['unpublished', 'indeterminate', 'lostInFlight', 'lostOnDisconnect'] as const) {
      const explained = causes.filter(([id, counts]) => id !== UNEXPLAINED && counts[name] > 0)
      expect(explained.length, name).toBeGreaterThan(4)
    }
    const during = reports.flatMap(({ unexplainedDuring }) => Object.values(unexplainedDuring))
    expect(during.filter((count) => count > 0).length).toBeGreaterThan(50)
    const happenings = runs.flatMap(({ history }) => history.happenings)
    expect(happenings.filter((each) => each.kind === 'copy' && each.isOnLeft).length).toBeGreaterThan(100)
  })
})

function checkDelivery({ history, workers, askedMicros }: RandomRun): DeliveryReport {
  const { ledgers } = history
  const oracle = new Oracle(history)
  const trackers = followHistory(history, workers)
  const pending = trackers.map((tracker) => pendingAt(tracker, history, askedMicros))
  expect(pending.reduce((sum, missing) => sum + missing, 0)).toBe(oracle.pending(askedMicros))

  const { unackedDelivered, report } = judgeHistory(history, trackers)
  const unackedDeliveredOf = ledgers.map(({ stream }) => ({
    stream,
    sequences: Uint32Array.from(oracle.unackedDelivered(stream)),
  }))
  expect(unackedDelivered).toEqual(unackedDeliveredOf.filter(({ sequences }) => sequences.length > 0))
  expect(report).toEqual(oracle.report())
  expect(checkConservation(report)).toEqual([])
  return report
}

function checkDisconnects({ history, workers, askedMicros }: RandomRun): void {
  const trackers = followHistory(history, workers)
  const disconnects = trackers.map((tracker) =>
    tracker.disconnects({ ...history, stoppedMicros: askedMicros }),
  )
  expect(mergeDisconnects(disconnects)).toEqual(oracleDisconnects(new Oracle(history), askedMicros))
}
