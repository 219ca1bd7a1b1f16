import type { EventRecord } from '../../chaos/event.js'
import { type DeliveryCounts, emptyCounts } from '../delivery/types.js'
import { createHistogram, encodeHistogram } from '../latency/histogram.js'
import type { RunRecord, WorkerEnd } from '../run-record.js'
import type { PhaseChannelHistogram, Tick } from '../worker-records.js'
import { samplePlan } from './sample-plan.js'

/**
 * Test support: a made-up run of 10,000 clients on 4 nodes, to which two are added at 10 s, of which n2 is killed at
 * 20 s and n3 drained at 35 s. Traffic is 5 broadcasts a second for 10 s of warm-up and 60 s of measure.
 */
export function sampleRecord(changes: Partial<RunRecord> = {}): RunRecord {
  return {
    toolVersion: '0.1.0',
    plan: samplePlan(),
    scenarioHash: '5f2a9c1e',
    environment: {
      host: 'bench-1',
      platform: 'linux',
      cpu: 'AMD EPYC 7763',
      cores: 2,
      memoryBytes: 8e9,
      descriptors: 20_000,
      node: 'v20.20.2',
      loadAverage: 0.1,
    },
    cluster: {
      driver: 'local',
      balancer: { kind: 'nginx', strategy: 'least-connections', isEmbedded: false, version: '1.22.1' },
      broker: { kind: 'redis', isEmbedded: true, version: '0.1.0' },
      bridge: 'redis-pubsub',
    },
    nodes: [
      { id: 'n1', joinedMicros: 0, leftMicros: null },
      { id: 'n2', joinedMicros: 0, leftMicros: at(20.4) },
      { id: 'n3', joinedMicros: 0, leftMicros: at(35.2) },
      { id: 'n4', joinedMicros: 0, leftMicros: null },
      { id: 'n5', joinedMicros: at(10.9), leftMicros: null },
      { id: 'n6', joinedMicros: at(10.9), leftMicros: null },
    ],
    samples: [
      { part: 'balancer', atMicros: at(-1), rssBytes: 61e6, cpuMicros: 3_000_000 },
      { part: 'balancer', atMicros: at(0.1), rssBytes: 62e6, cpuMicros: 4_000_000 },
      { part: 'balancer', atMicros: at(59), rssBytes: 212e6, cpuMicros: 31_000_000 },
      { part: 'balancer', atMicros: at(61), rssBytes: 210e6, cpuMicros: 31_200_000 },
      { part: 'broker', atMicros: at(-1), rssBytes: 57e6, cpuMicros: 700_000 },
      { part: 'broker', atMicros: at(1), rssBytes: 58e6, cpuMicros: 1_900_000 },
      ...['n1', 'n2', 'n3', 'n4', 'n5', 'n6'].map((part) => ({
        part,
        atMicros: at(1),
        rssBytes: 104e6,
        cpuMicros: 8_400_000,
      })),
    ],
    startedAt: '2025-06-01T09:30:00.000Z',
    connectStartedMicros: at(-15.5),
    connectFinishedMicros: at(-10.4),
    measureMicros: at(0),
    stoppedMicros: at(60.1),
    published: { sent: 350, acked: 347, failed: 0, refused: 0, unacked: 3 },
    unackedDelivered: { unacked: 2, refused: 0 },
    silence: { sends: 0, lastsMicros: 0 },
    delivery: {
      total: counts({
        planned: 3_500_000,
        indeterminate: 10_000,
        due: 3_490_000,
        delivered: 3_484_210,
        lostInFlight: 40,
        lostOnDisconnect: 1_250,
        lostWhileOffline: 4_500,
      }),
      byCause: {
        'node-kill#1': counts({
          due: 4_540,
          lostInFlight: 40,
          lostOnDisconnect: 1_250,
          lostWhileOffline: 3_250,
        }),
        'node-drain#1': counts({ due: 1_250, lostWhileOffline: 1_250 }),
      },
      byPhase: {
        warmup: counts({ planned: 500_000, due: 500_000, delivered: 500_000 }),
        steady: counts({ planned: 740_000, due: 740_000, delivered: 740_000 }),
        'scale-out#1': counts({ planned: 500_000, due: 500_000, delivered: 500_000 }),
        'node-kill#1': counts({
          planned: 760_000,
          indeterminate: 10_000,
          due: 750_000,
          delivered: 745_460,
          lostInFlight: 40,
          lostOnDisconnect: 1_250,
          lostWhileOffline: 3_250,
        }),
        'node-drain#1': counts({
          planned: 1_000_000,
          due: 1_000_000,
          delivered: 998_750,
          lostWhileOffline: 1_250,
        }),
      },
      byChannel: {
        scores: counts({
          planned: 3_500_000,
          indeterminate: 10_000,
          due: 3_490_000,
          delivered: 3_484_210,
          lostInFlight: 40,
          lostOnDisconnect: 1_250,
          lostWhileOffline: 4_500,
        }),
      },
      byNode: {
        n1: counts({ due: 2_000_000, delivered: 2_000_000 }),
        n2: counts({
          due: 600_000,
          delivered: 595_460,
          lostInFlight: 40,
          lostOnDisconnect: 1_250,
          lostWhileOffline: 3_250,
        }),
        n3: counts({ due: 890_000, delivered: 888_750, lostWhileOffline: 1_250 }),
      },
      unexplainedDuring: {},
      lastDeliveredMicros: at(60),
      lostBySecond: { 20: 4_540, 35: 1_250 },
      unexpected: 0,
      corrupted: 0,
      malformed: 0,
      beforeDue: 12,
      ambiguous: 0,
      clientsNeverSubscribed: 0,
      firstCopies: 3_484_210,
    },
    disconnects: {
      byCause: {
        'node-kill#1': {
          disconnects: 2_500,
          recovered: 2_500,
          handedOver: 0,
          downtime: histogram([
            [310_000, 2_000],
            [1_900_000, 500],
          ]),
          sinceEvent: histogram([
            [350_000, 2_000],
            [2_000_000, 500],
          ]),
          sameNode: 0,
          otherNode: 2_500,
          routedToDraining: 0,
        },
        'node-drain#1': {
          disconnects: 2_500,
          recovered: 2_450,
          handedOver: 0,
          downtime: histogram([[240_000, 2_450]]),
          sinceEvent: histogram([[420_000, 2_450]]),
          sameNode: 310,
          otherNode: 2_140,
          routedToDraining: 6,
        },
      },
      downtime: histogram([
        [240_000, 2_450],
        [310_000, 2_000],
        [1_900_000, 500],
      ]),
      sameNode: 310,
      otherNode: 4_640,
      routedToDraining: 6,
      lastOpenMicros: { n1: at(41), n2: at(-11), n3: at(35.1) },
      remapped: {
        'scale-out#1': { returned: 1_200, moved: 400 },
        'node-kill#1': { returned: 0, moved: 0 },
        'node-drain#1': { returned: 0, moved: 0 },
      },
    },
    events: [
      event('scale-out#1', 'scale-out', [], 10),
      event('node-kill#1', 'node-kill', ['n2'], 20),
      event('node-drain#1', 'node-drain', ['n3'], 35),
    ],
    poolRemovals: [{ node: 'n3', fromMicros: at(35.1), untilMicros: null }],
    backlogDisconnects: 0,
    ticks: [sampleTicks(0), sampleTicks(0.3)],
    workers: [sampleWorker(), sampleWorker()],
    listenOverflows: 0,
    wallClockSteps: [],
    abort: null,
    incidents: { isInterrupted: false, haltReason: null, faults: [], unexpectedExits: [], violations: [] },
    ...changes,
  }
}

/** µs of the fixture's clock at `seconds` of the measure phase. */
export function at(seconds: number): number {
  return 1_000_000_000 + seconds * 1_000_000
}

/** Delivery counts that are 0 but for those given. */
export function counts(some: Partial<DeliveryCounts>): DeliveryCounts {
  return { ...emptyCounts(), ...some }
}

/** Base64 histogram of (µs, how many). */
export function histogram(values: readonly (readonly [number, number])[]): string {
  const all = createHistogram()
  for (const [micros, count] of values) all.recordValueWithCount(micros, count)
  return encodeHistogram(all)
}

function event(id: string, kind: string, targets: readonly string[], second: number): EventRecord {
  return {
    id,
    kind,
    targets,
    turns: targets.map((node) => ({
      node,
      startedMicros: at(second + 0.002),
      finishedMicros: at(second + 0.9),
    })),
    scheduledMicros: at(second),
    startedMicros: at(second + 0.002),
    finishedMicros: at(second + 0.9),
    failure: null,
    evidence: targets.map((node) => `${node} answers no more`),
  }
}

/** One worker's ticks, `late` seconds behind the whole second. */
function sampleTicks(late: number): Tick[] {
  return Array.from({ length: 80 }, (_, index) => sampleTick(index - 15, late))
}

function sampleTick(second: number, late: number): Tick {
  const connectedByNode = halfOfClients(second)
  const isMeasured = second >= -10 && second < 60
  return {
    atMicros: at(second + 1 + late),
    connected: Object.values(connectedByNode).reduce((sum, count) => sum + count, 0),
    connectedByNode,
    connects: second < -10 ? 1_000 : second === 20 || second === 35 ? 1_250 : 0,
    disconnects: second === 20 || second === 35 ? 1_250 : 0,
    failures: {},
    sent: isMeasured ? 2 : 0,
    received: isMeasured ? 25_000 : 0,
    receivedByNode: isMeasured ? fiveEach(connectedByNode) : {},
    // Indexes below 2,048 are the values themselves, µs.
    latency: isMeasured ? Uint32Array.of(1_200, 24_000, 2_000, 1_000) : new Uint32Array(0),
    progress: {
      missing: second < 20 ? 0 : 1_900,
      missingAcrossDisconnects: second < 20 ? 0 : 1_900,
      replayed: 0,
      reordered: 0,
      duplicates: 0,
      unexpected: 0,
    },
    unsentCopies: second < 20 ? 0 : 100,
    plannedCopies: 1_000 * (second + 16),
    firstCopies: 998 * (second + 15),
    eventLoopLagP99Micros: 4_200,
    cpuShare: second === 20 ? 0.71 : 0.4,
    rssBytes: 150e6,
  }
}

/** Clients of one worker by node at the end of a second. */
function halfOfClients(second: number): Record<string, number> {
  if (second < -10) return { n1: 0, n2: 0, n3: 0, n4: 0 }
  if (second < 11) return { n1: 1_250, n2: 1_250, n3: 1_250, n4: 1_250 }
  if (second < 20) return { n1: 1_250, n2: 1_250, n3: 1_250, n4: 1_250, n5: 0, n6: 0 }
  if (second < 35) return { n1: 1_300, n2: 0, n3: 1_300, n4: 1_300, n5: 550, n6: 550 }
  return { n1: 1_610, n2: 0, n3: 0, n4: 1_610, n5: 880, n6: 875 }
}

/** Messages received in a second in which every client was sent five. */
function fiveEach(connectedByNode: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(connectedByNode).map(([node, connected]) => [node, 5 * connected]))
}

function ofScores(phase: string, values: Parameters<typeof histogram>[0]): PhaseChannelHistogram {
  return { phase, channel: 'scores', histogram: histogram(values) }
}

function sampleWorker(): WorkerEnd {
  return {
    connections: {
      attempted: 7_506,
      opened: 7_503,
      failed: { refused: 3 },
      reconnects: 2_475,
      closeCodes: { '1001': 1_250, '1006': 1_250 },
      heartbeats: { sent: 0, answered: 0, missed: 0 },
      refusals: [],
      publishersNeverConnected: 0,
    },
    histograms: {
      fromPlannedSend: [
        ofScores('warmup', [[900, 250_000]]),
        ofScores('steady', [[1_000, 370_000]]),
        ofScores('scale-out#1', [[1_100, 250_000]]),
        ofScores('node-kill#1', [
          [1_200, 360_000],
          [300_000, 12_730],
        ]),
        ofScores('node-drain#1', [[1_300, 499_375]]),
      ],
      service: histogram([
        [950, 1_400_000],
        [290_000, 12_730],
      ]),
      sendDelay: histogram([
        [40, 140],
        [1_800, 10],
      ]),
      connect: histogram([
        [2_400, 7_000],
        [31_000, 503],
      ]),
      negative: 0,
      tooLong: 0,
      hops: {
        sampledEach: 64,
        unusable: 0,
        toNode: histogram([[190, 20_000]]),
        broker: histogram([
          [310, 19_000],
          [2_100, 1_000],
        ]),
        toClient: histogram([[420, 20_000]]),
        sameNode: histogram([[890, 3_000]]),
        crossNode: histogram([[930, 17_000]]),
      },
    },
    health: {
      connections: 5_003,
      peakRssBytes: 156e6,
      cpuMicros: 30_100_000,
      cpuShareMax: 0.82,
      eventLoopLag: histogram([
        [150, 2_880],
        [4_200, 119],
        [61_000, 1],
      ]),
      longestPauseMicros: 61_000,
      overruns: 0,
    },
  }
}
