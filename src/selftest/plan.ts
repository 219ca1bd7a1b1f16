import { setupError } from '../base/errors.js'
import type { ClusterPlan } from '../cluster/cluster-plan.js'
import type { ChannelGroupPlan, ClientsPlan, PhasesPlan, Plan, ValidityBounds } from '../plan/plan.js'
import { estimateResources } from '../planning/estimate.js'

/** How much is told, and to how many. */
export interface SelftestSize {
  /** A multiple of ROOMS. */
  readonly subscribers: number
  /** Publishers of each room's second channel; its first one has one. */
  readonly group: number
  /** Between two messages of a stream. All that the server does to a connection it does in the middle of it. */
  readonly intervalMs: number
  /** Messages of each stream. */
  readonly messages: number
}

/** Few, so that a room's publishers, spread over 1/ROOMS of the interval, send almost as one. */
export const ROOMS = 10
const WARMUP_SHARE = 0.2
const FULL_DELIVERIES = 1_090_000
/** 35 s of traffic; the calmer, the less a late timer can do, and the more publishers must share the work. */
const PACES = [
  { intervalMs: 1_000, messages: 35 },
  { intervalMs: 500, messages: 70 },
]
const MAX_GROUP = 50
/** Descriptors of the server that are no subscriber's: listener, pipes, libraries. */
const OWN_DESCRIPTORS = 100
const MOST_SUBSCRIBERS = 5_200

/** Over a million deliveries in about 35 s; where few files may be open, fewer subscribers hear more publishers. */
export function fullSize(descriptors: number): SelftestSize {
  for (const pace of PACES) {
    for (let group = 2; group <= MAX_GROUP; group += 1) {
      const subscribers = wholeRooms(FULL_DELIVERIES / (pace.messages * (1 + group)))
      const needed = subscribers + ROOMS * (1 + group) + OWN_DESCRIPTORS
      if (subscribers <= MOST_SUBSCRIBERS && needed <= descriptors) return { ...pace, subscribers, group }
    }
  }
  throw setupError(
    `the selftest needs more than ${descriptors} open files`,
    'raise the limit: ulimit -n 4096',
  )
}

/** Some 50,000 deliveries in 6 s of traffic. */
export const quickSize: SelftestSize = { subscribers: 1_200, group: 2, intervalMs: 400, messages: 14 }

/** The plan of a run against the lying server: traffic alone, no chaos, and no bound that could hide a miscount. */
export function selftestPlan(size: SelftestSize, seed: number): Plan {
  const channels = channelsOf(size)
  const phases = phasesOf(size)
  const connections = size.subscribers + ROOMS * (1 + size.group)
  const parts = { cluster, clients: clientsOf(size), channels, phases, workers: 2 }
  return {
    name: 'selftest',
    description: 'a server that lies and keeps a ledger of its lies',
    seed,
    ...parts,
    target: null,
    safety: { abortBelowShare: null, maxDurationMs: null },
    chaos: [],
    gates: [],
    abortGates: [],
    validity: boundless,
    estimate: estimateResources({ ...parts, connections }),
    notes: [],
  }
}

const boundless: ValidityBounds = {
  eventLoopLagP99Ms: Number.POSITIVE_INFINITY,
  sendDelayP99Ms: Number.POSITIVE_INFINITY,
  overrunShare: 1,
  workerCpuShare: Number.POSITIVE_INFINITY,
  pauseMs: Number.POSITIVE_INFINITY,
  failedConnectsShare: 1,
  exhaustedConnects: Number.POSITIVE_INFINITY,
  listenOverflows: Number.POSITIVE_INFINITY,
}

const cluster: ClusterPlan = {
  driver: 'local',
  balancer: {
    kind: 'embedded',
    strategy: 'round-robin',
    drainState: 'maint',
    isEmbedded: true,
    binary: null,
    tls: false,
    processes: 1,
    sources: [],
  },
  nodes: 1,
  maxNodes: 1,
  bridge: 'none',
  broker: null,
  brokerPatienceMs: 0,
  drain: { mode: 'close', windowMs: 0 },
}

function clientsOf({ subscribers, intervalMs }: SelftestSize): ClientsPlan {
  return {
    count: subscribers,
    connectRateHz: 3_000,
    connectTimeoutMs: 30_000,
    addresses: { kind: 'single' },
    // The server knows them again by theirs.
    keepsCookies: true,
    sendsClientId: false,
    // Back well before the middle of the next interval, where the server confirms.
    reconnect: { baseMs: intervalMs / 5, capMs: intervalMs / 5, resume: false },
    heartbeat: null,
  }
}

/** Subscriber s is in channel r of both groups: their publishers send at the same time of the interval. */
function channelsOf({ subscribers, group, intervalMs }: SelftestSize): ChannelGroupPlan[] {
  const common = {
    count: ROOMS,
    members: subscribers / ROOMS,
    via: 'client',
    rateHz: 1000 / intervalMs,
    arrival: 'constant',
    sizeBytes: 96,
  } as const
  return [
    { ...common, name: 'solo', firstChannel: 0, firstPublisher: 0, publishers: 1 },
    { ...common, name: 'group', firstChannel: ROOMS, firstPublisher: ROOMS, publishers: group },
  ]
}

/** Two spans of one name, as events make them. D is such that it, too, ends in the middle of an interval. */
function phasesOf({ intervalMs, messages }: SelftestSize): PhasesPlan {
  const warmupMs = Math.round(messages * WARMUP_SHARE) * intervalMs
  const measureMs = messages * intervalMs - warmupMs
  const third = Math.round(measureMs / 3)
  return {
    warmupMs,
    measureMs,
    graceMs: 2 * intervalMs,
    spans: [
      { name: 'warmup', startMs: -warmupMs, endMs: 0 },
      { name: 'steady', startMs: 0, endMs: third },
      { name: 'middle', startMs: third, endMs: 2 * third },
      { name: 'steady', startMs: 2 * third, endMs: measureMs },
    ],
  }
}

function wholeRooms(subscribers: number): number {
  return Math.ceil(subscribers / ROOMS) * ROOMS
}
