import { describe, expect, test } from 'vitest'
import { metrics } from '../gates/metrics.js'
import { samplePlan } from '../testing/sample-plan.js'
import { at, counts, histogram, sampleRecord } from '../testing/sample-record.js'
import { assembleResult } from './assemble.js'

describe('the sample run', () => {
  const result = assembleResult(sampleRecord())

  test('delivery: losses add up, and messages that were received do not count as unacked', () => {
    const { delivery } = result
    expect(delivery.lost).toBe(40 + 1_250 + 4_500)
    expect(delivery.lossBound95).toBeNull()
    expect(delivery.published).toEqual({
      sent: 350,
      acked: 347,
      failed: 0,
      refused: 0,
      unacked: 1,
      unackedDelivered: 2,
    })
    expect(delivery.availability).toBe(3_484_210 / 3_500_000)
    expect(delivery.byCause['node-kill#1']?.lost).toBe(4_540)
    expect(delivery.byPhase.steady?.lost).toBe(0)
  })

  test('latency is of the measure phase; warm-up is in byPhase alone', () => {
    const { fromPlannedSend, byPhase } = result.latency
    expect(byPhase.warmup?.count).toBe(500_000)
    expect(fromPlannedSend.count).toBe(2 * (370_000 + 250_000 + 360_000 + 12_730 + 499_375))
    expect(fromPlannedSend.min).toBe(1_000)
    // 25,460 of 2,984,210 took 300 ms: 0.85 %.
    expect(fromPlannedSend.p99).toBe(1_300)
    expect(fromPlannedSend.p999).toBeCloseTo(300_000, -3)
  })

  test('latency by channel is without warm-up, by phase and channel with it', () => {
    const plan = samplePlan()
    const { histograms, ...rest } = sampleRecord().workers[0]!
    const goals = (phase: string, micros: number) => ({
      phase,
      channel: 'goals',
      histogram: histogram([[micros, 10]]),
    })
    const fromPlannedSend = [...histograms.fromPlannedSend, goals('warmup', 700), goals('steady', 800)]
    const { latency } = assembleResult(
      sampleRecord({
        plan: samplePlan({ channels: [...plan.channels, { ...plan.channels[0]!, name: 'goals' }] }),
        workers: [
          { ...rest, histograms },
          { ...rest, histograms: { ...histograms, fromPlannedSend } },
        ],
      }),
    )
    expect(latency.byChannel).toMatchObject({
      goals: { count: 10, p99: 800 },
      scores: { count: 2_984_210, p99: 1_300 },
    })
    expect(latency.fromPlannedSend.count).toBe(2_984_220)
    expect(latency.byPhase.steady?.count).toBe(740_010)
    expect(latency.byPhaseAndChannel).toMatchObject({
      warmup: { goals: { count: 10, max: 700 }, scores: { count: 500_000 } },
      steady: { goals: { count: 10, max: 800 }, scores: { count: 740_000 } },
      'node-kill#1': { goals: { count: 0 } },
    })
  })

  test('hops are of all workers, with a metric for each', () => {
    const { hops } = result.latency
    expect(hops).toMatchObject({ sampledEach: 64, unusable: 0, toNode: { count: 40_000, p99: 190 } })
    expect(metrics.get('latency.hop.broker.p50')?.read(result, null)).toBe(310)
    expect(metrics.get('latency.hop.crossNode.count')?.read(result, null)).toBe(34_000)
  })

  test('balance is over the nodes in the pool at that moment', () => {
    expect(Object.keys(result.balance)).toEqual([
      'start',
      'scale-out#1',
      'node-kill#1',
      'node-drain#1',
      'end',
      'worst',
      'overall',
    ])
    expect(result.balance['node-kill#1']?.perNode).toEqual({
      n1: 2500,
      n2: 2500,
      n3: 2500,
      n4: 2500,
      n5: 0,
      n6: 0,
    })
    expect(result.balance['node-drain#1']?.perNode).toEqual({
      n1: 2600,
      n3: 2600,
      n4: 2600,
      n5: 1100,
      n6: 1100,
    })
    expect(result.balance.end?.perNode).toEqual({ n1: 3220, n4: 3220, n5: 1760, n6: 1750 })
    expect(result.balance.end?.maxOverMean).toBeCloseTo(3220 / (9950 / 4), 12)
  })

  test('balance over time: the worst second, and the mean of all', () => {
    // Even over 4 nodes; from 10.9 s to 20 s with 2 empty ones; then without n2, then without n3.
    const { worst, overall } = result.balance
    expect(worst?.maxOverMean).toBe(1.5)
    const ratios = [...Array(10).fill(1), ...Array(10).fill(1.5)]
    ratios.push(...Array(15).fill(2_600 / 2_000), ...Array(25).fill(3_220 / 2_487.5))
    const mean = ratios.reduce((sum, value) => sum + value, 0) / 60
    expect(overall?.maxOverMean).toBeCloseTo(mean, 9)
    expect(overall?.perNode.n5).toBeCloseTo((15 * 1_100 + 25 * 1_760) / 60, 9)
  })

  test('messages by node since the moment before', () => {
    const { start, end } = result.balance
    expect(start?.messages.perNode).toEqual({ n1: 12_500, n2: 12_500, n3: 12_500, n4: 12_500 })
    expect(end?.messages).toMatchObject({
      perNode: { n1: 25 * 16_100, n4: 25 * 16_100, n5: 25 * 8_800, n6: 25 * 8_750 },
      maxOverMean: expect.closeTo(3_220 / 2_487.5, 9),
    })
  })

  test('an event whose affected clients all reconnected', () => {
    const kill = result.events.find(({ id }) => id === 'node-kill#1')!
    expect(kill).toMatchObject({ startedAtMs: 20_002, affectedClients: 2_500, lost: 4_540, failure: null })
    expect(kill.recovery.recovered).toBe(2_500)
    expect(kill.recovery.downtimeMicros.p50).toBeCloseTo(310_000, -3)
    // Ranks 2,375 and 2,500 of 2,000 × 350 ms and 500 × 2 s.
    expect(kill.recovery.timeTo95Ms).toBeCloseTo(2_000, -1)
    expect(kill.recovery.timeTo100Ms).toBeCloseTo(2_000, -1)
    expect(kill.peakReconnectsPerSecond).toBe(2_500)
    expect(kill.lastConnectionOnTargetMs).toBeNull()
  })

  test('an event after which some clients never reconnected', () => {
    const drain = result.events.find(({ id }) => id === 'node-drain#1')!
    expect(drain.recovery.timeTo95Ms).toBeCloseTo(420, 0)
    expect(drain.recovery.timeTo100Ms).toBeNull()
    expect(drain.lastConnectionOnTargetMs).toBe(35_100)
  })

  test('affinity, remapped clients and time to rebalance by event', () => {
    const [scaleOut, kill, drain] = result.events
    expect(scaleOut?.remapped).toEqual({ returned: 1_200, moved: 400 })
    expect(kill?.affinity).toMatchObject({ reconnectedSameNode: 0, reconnectedOtherNode: 2_500 })
    expect(drain?.affinity.routedToDraining).toBe(6)
    // Two nodes are empty until the kill, and two have too few clients after it.
    expect(result.events.map(({ recovery }) => recovery.rebalanceMs)).toEqual([null, null, null])
  })

  test('reconnects after the next event began do not count for an event', () => {
    expect(result.events[0]).toMatchObject({
      id: 'scale-out#1',
      affectedClients: 0,
      peakReconnectsPerSecond: 0,
    })
  })

  test('connections and peaks are sums over workers', () => {
    expect(result.connections).toMatchObject({
      attempted: 15_012,
      opened: 15_006,
      failed: { refused: 6 },
      reconnects: 4_950,
      peak: 10_000,
      rampUpMs: 5_100,
    })
    expect(result.cluster.peaks.balancer).toEqual({
      rssBytes: 212e6,
      cpuMicros: 31_200_000,
      measuredCpuMicros: 27_200_909,
    })
    expect(result.cluster.peaks.generator).toMatchObject({ rssBytes: 312e6, cpuMicros: 60_200_000 })
    expect(result.durationMs).toBe(75_600)
  })

  test('the busiest 5 s of a worker', () => {
    expect(result.generator.workers[0]?.cpuShareMax).toBeCloseTo((0.71 + 4 * 0.4) / 5, 12)
  })

  test('one gate fails, so the run fails', () => {
    expect(result.gates.map(({ outcome }) => outcome)).toEqual(['pass', 'fail', 'pass'])
    expect(result.verdict).toEqual({
      outcome: 'fail',
      reasons: ['delivery.lostInFlight == 0: lostInFlight 40, must be 0'],
      attributedTo: [],
    })
  })

  test('it survives JSON unchanged', () => {
    expect(JSON.parse(JSON.stringify(result))).toEqual(result)
  })
})

test('nothing lost: the upper bound of the loss rate', () => {
  const record = sampleRecord()
  const delivery = { ...record.delivery, total: counts({ due: 60_000, delivered: 60_000 }), byCause: {} }
  const bound = (acked: number) => {
    const published = { sent: 350, acked, failed: 0, refused: 0, unacked: 350 - acked }
    return assembleResult({ ...record, delivery, published }).delivery
  }
  // Of messages, not of deliveries, and never above 100 %.
  expect(bound(20).lossBound95).toBeCloseTo(0.1391, 4)
  expect(bound(1).lossBound95).toBeCloseTo(0.95, 12)
  expect(bound(347).lossBoundWithheld).toBeNull()
})

test('where nothing is acknowledged, no loss proves nothing', () => {
  const record = sampleRecord()
  const delivery = { ...record.delivery, total: counts({ due: 60_000, delivered: 60_000 }), byCause: {} }
  const published = { sent: 350, acked: 0, failed: 0, refused: 0, unacked: 350 }
  expect(
    assembleResult({ ...record, delivery, published, unackedDelivered: { unacked: 350, refused: 0 } })
      .delivery,
  ).toMatchObject({
    lossBound95: null,
    lossBoundWithheld: expect.stringContaining('nothing acknowledges messages'),
  })
})

test('a gate that cannot be parsed fails', () => {
  const plan = samplePlan({ gates: ['latncy.p99 < 1s'] })
  const { gates, verdict } = assembleResult(sampleRecord({ plan }))
  expect(gates[0]).toMatchObject({ outcome: 'fail', value: null })
  expect(gates[0]?.reason).toContain('no metric latncy.p99')
  expect(verdict.outcome).toBe('fail')
})

test('a run interrupted while connecting has a result', () => {
  const { balance, verdict, latency } = assembleResult(
    sampleRecord({
      stoppedMicros: at(-12),
      ticks: [],
      workers: [],
      events: [],
      disconnects: { ...sampleRecord().disconnects, byCause: {}, downtime: histogram([]) },
      incidents: { isInterrupted: true, haltReason: null, faults: [], unexpectedExits: [], violations: [] },
    }),
  )
  expect(balance).toEqual({})
  expect(latency.fromPlannedSend.count).toBe(0)
  expect(verdict.outcome).toBe('interrupted')
  expect(verdict.reasons[0]).toBe('interrupted after 0.0 s of 60 s measured')
})
