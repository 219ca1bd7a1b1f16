import { setupError } from '../base/errors.js'
import { balancerSettings } from '../cluster/balancers/settings.js'
import type { ClusterPlan } from '../cluster/cluster-plan.js'
import type { ChannelGroupPlan, ClientsPlan, PhasesPlan, Plan, ValidityBounds } from '../plan/plan.js'
import { estimateResources } from '../planning/estimate.js'

/** How many subscribers and messages a selftest has. */
export interface SelftestSize {
  /** A multiple of ROOMS. */
  readonly subscribers: number
  /** Publishers of each room's shared channel; its single channel has one. */
  readonly sharedPublishers: number
  /** Between two messages of a stream. The server opens and closes subscriptions only in the middle of an interval. */
  readonly intervalMs: number
  /** Messages of each stream. */
  readonly messages: number
}

/** Few, because a room's publishers send within 1/ROOMS of the interval. */
export const ROOMS = 10
const WARMUP_SHARE = 0.2
/** The grace period, in intervals. */
export const GRACE_INTERVALS = 2
const FULL_DELIVERIES = 1_090_000
/** 35 s of traffic. A longer interval tolerates later timers, but requires more publishers. */
const PACES = [
  { intervalMs: 1_000, messages: 35 },
  { intervalMs: 500, messages: 70 },
]
const MAX_SHARED_PUBLISHERS = 50
/** Descriptors of the server that are not connections: listener, pipes, libraries. */
const OWN_DESCRIPTORS = 100
const MOST_SUBSCRIBERS = 5_200

/** Over a million deliveries in about 35 s. If few files may be open, there are fewer subscribers and more publishers. */
export function fullSize(descriptors: number): SelftestSize {
  for (const pace of PACES) {
    for (let sharedPublishers = 2; sharedPublishers <= MAX_SHARED_PUBLISHERS; sharedPublishers += 1) {
      const subscribers = wholeRooms(FULL_DELIVERIES / (pace.messages * (1 + sharedPublishers)))
      const needed = subscribers + ROOMS * (1 + sharedPublishers) + OWN_DESCRIPTORS
      if (subscribers <= MOST_SUBSCRIBERS && needed <= descriptors)
        return { ...pace, subscribers, sharedPublishers }
    }
  }
  throw setupError(
    `the selftest needs more than ${descriptors} open files`,
    'raise the limit: ulimit -n 4096',
  )
}

/** Some 50,000 deliveries in 6 s of traffic. */
export const quickSize: SelftestSize = {
  subscribers: 1_200,
  sharedPublishers: 2,
  intervalMs: 400,
  messages: 14,
}

/** The plan of a run against the faulty server: no events, and no validity bounds, which could hide a miscount. */
export function selftestPlan(size: SelftestSize, seed: number): Plan {
  const channels = channelsOf(size)
  const phases = phasesOf(size)
  const connections = size.subscribers + ROOMS * (1 + size.sharedPublishers)
  const parts = { cluster, clients: clientsOf(size), channels, phases, workers: 2 }
  return {
    name: 'selftest',
    description: 'a server that injects faults and logs each one',
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
    settings: balancerSettings.parse({}),
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
    // The server identifies returning clients by their cookie.
    keepsCookies: true,
    sendsClientId: false,
    // Reconnected well before the middle of the next interval, where the server confirms.
    reconnect: { baseMs: intervalMs / 5, capMs: intervalMs / 5, resume: false },
    heartbeat: null,
  }
}

/** A subscriber is in channels of the same number of both groups, whose publishers send at the same time of the interval. */
function channelsOf({ subscribers, sharedPublishers, intervalMs }: SelftestSize): ChannelGroupPlan[] {
  const common = {
    count: ROOMS,
    members: subscribers / ROOMS,
    via: 'client',
    echoes: true,
    rateHz: 1000 / intervalMs,
    arrival: 'constant',
    sizeBytes: 96,
  } as const
  return [
    { ...common, name: 'single', firstChannel: 0, firstPublisher: 0, publishers: 1 },
    {
      ...common,
      name: 'shared',
      firstChannel: ROOMS,
      firstPublisher: ROOMS,
      publishers: sharedPublishers,
    },
  ]
}

/** Two spans have the same name, as in runs with events. The grace period ends in the middle of an interval, too. */
function phasesOf({ intervalMs, messages }: SelftestSize): PhasesPlan {
  const warmupMs = Math.round(messages * WARMUP_SHARE) * intervalMs
  const measureMs = messages * intervalMs - warmupMs
  const third = Math.round(measureMs / 3)
  return {
    warmupMs,
    measureMs,
    graceMs: GRACE_INTERVALS * intervalMs,
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
