import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkConservation } from './conservation.js'
import { type GapLimits, gapLimits } from './gap-lists.js'
import { addCounts, mergeDisconnects } from './merge.js'
import { oracleDisconnects } from './testing/disconnects-oracle.js'
import { followHistory, judgeHistory, pendingAt } from './testing/follow-history.js'
import { Oracle } from './testing/oracle.js'
import { type RandomRun, randomRun } from './testing/random-history.js'
import { type DeliveryReport, deliveryClasses, emptyCounts, losses, UNEXPLAINED } from './types.js'

const effort = process.env.WSBENCH_LONG === '1' ? 100 : 1
const timeout = effort * 120_000

describe('delivery accounting, against an oracle that keeps every copy', () => {
  it('tells the same, number for number, however clients are split over workers', { timeout }, () => {
    const isSame = fc.property(randomRun, (run) => void checkDelivery(run))
    fc.assert(isSame, { numRuns: 2_500 * effort })
  })

  it('tells the same where every pair with more than a gap or two has a bitmap', { timeout }, () => {
    const isSame = fc.property(randomRun, fc.integer({ min: 1, max: 2 }), (run, rangesOfPair) => {
      checkDelivery(run, { ...gapLimits, rangesOfPair })
    })
    fc.assert(isSame, { numRuns: 1_000 * effort })
  })

  it('counts nothing twice or too often where the memory for gaps ends', { timeout }, () => {
    const isCertain = fc.property(randomRun, scarce, (run, limits) => void checkCertain(run, limits))
    fc.assert(isCertain, { numRuns: 1_000 * effort })
    const runs = fc.sample(fc.tuple(randomRun, scarce), { numRuns: 200, seed: 1 })
    const reports = runs.map(([run, limits]) => checkCertain(run, limits))
    expect(reports.filter(({ ambiguous }) => ambiguous > 0).length).toBeGreaterThan(50)
  })

  it('lays breaks on the same events, with the same downtimes', { timeout }, () => {
    fc.assert(fc.property(randomRun, checkDisconnects), { numRuns: 250 * effort })
  })

  it('is tried on every class', () => {
    const runs = fc.sample(randomRun, { numRuns: 900, seed: 1 })
    const reports = runs.map((run) => checkDelivery(run))
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

/** Room for a few ranges, and for no bitmap or one that can't grow far. */
const scarce: fc.Arbitrary<GapLimits> = fc.record({
  rangesOfPair: fc.integer({ min: 1, max: 3 }),
  ranges: fc.nat(6),
  bitmapBytes: fc.constantFrom(0, 1_050, 1_100, 2_100),
})

function checkDelivery({ history, workers, askedMicros }: RandomRun, limits = gapLimits): DeliveryReport {
  const { ledgers } = history
  const oracle = new Oracle(history)
  const trackers = followHistory(history, workers, limits)
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

const neverTooMany = [...losses, 'late', 'duplicateInEpoch', 'duplicateAcrossEpochs', 'reordered'] as const

/** What is ambiguous may hide a fault, and never makes one up. */
function checkCertain({ history, workers }: RandomRun, limits: GapLimits): DeliveryReport {
  const truth = new Oracle(history).report()
  const { report } = judgeHistory(history, followHistory(history, workers, limits))
  expect(checkConservation(report)).toEqual([])
  for (const name of neverTooMany) expect(report.total[name], name).toBeLessThanOrEqual(truth.total[name])
  for (const [cause, counts] of Object.entries(report.byCause)) {
    for (const name of losses) expect(counts[name], name).toBeLessThanOrEqual(truth.byCause[cause]![name])
  }
  expect(report.unexpected).toBeLessThanOrEqual(truth.unexpected)
  return report
}

function checkDisconnects({ history, workers, askedMicros }: RandomRun): void {
  const trackers = followHistory(history, workers)
  const disconnects = trackers.map((tracker) =>
    tracker.disconnects({ ...history, stoppedMicros: askedMicros }),
  )
  expect(mergeDisconnects(disconnects)).toEqual(oracleDisconnects(new Oracle(history), askedMicros))
}
