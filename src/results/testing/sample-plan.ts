import { balancerSettings } from '../../cluster/balancers/settings.js'
import type { Plan } from '../../plan/plan.js'

/** Test support: the plan of `sampleRecord`. */
export function samplePlan(changes: Partial<Plan> = {}): Plan {
  const planned = (id: string, atMs: number, windowMs: number, action: Plan['chaos'][number]['action']) => ({
    id,
    atMs,
    windowMs,
    action,
  })
  return {
    name: 'rolling-deploy',
    description: 'scale out, lose a node, drain another',
    seed: 42,
    cluster: {
      driver: 'local',
      balancer: {
        kind: 'nginx',
        strategy: 'least-connections',
        drainState: 'maint',
        settings: balancerSettings.parse({}),
        tls: false,
        isEmbedded: false,
        binary: '/usr/sbin/nginx',
        processes: 2,
        sources: [],
      },
      nodes: 4,
      maxNodes: 6,
      bridge: 'redis-pubsub',
      broker: { kind: 'redis', isEmbedded: true, binary: null, isProxied: false },
      brokerPatienceMs: 10_000,
      drain: { mode: 'close', windowMs: 10_000 },
    },
    target: null,
    safety: { abortBelowShare: null, maxDurationMs: null },
    clients: {
      count: 10_000,
      connectRateHz: 2_000,
      connectTimeoutMs: 10_000,
      addresses: { kind: 'spread' },
      reconnect: { baseMs: 500, capMs: 10_000, resume: false },
      heartbeat: null,
      keepsCookies: false,
      sendsClientId: false,
    },
    channels: [
      {
        name: 'scores',
        firstChannel: 0,
        count: 1,
        members: 10_000,
        firstPublisher: 0,
        publishers: 5,
        via: 'client',
        echoes: true,
        rateHz: 1,
        arrival: 'constant',
        sizeBytes: 256,
      },
    ],
    phases: {
      warmupMs: 10_000,
      measureMs: 60_000,
      graceMs: 5_000,
      spans: [
        { name: 'warmup', startMs: -10_000, endMs: 0 },
        { name: 'steady', startMs: 0, endMs: 10_000 },
        { name: 'scale-out#1', startMs: 10_000, endMs: 20_000 },
        { name: 'node-kill#1', startMs: 20_000, endMs: 35_000 },
        { name: 'node-drain#1', startMs: 35_000, endMs: 55_000 },
        { name: 'steady', startMs: 55_000, endMs: 60_000 },
      ],
    },
    chaos: [
      planned('scale-out#1', 10_000, 15_000, { event: 'scale-out', nodes: 2 }),
      planned('node-kill#1', 20_000, 15_000, { event: 'node-kill', node: 2 }),
      planned('node-drain#1', 35_000, 20_000, { event: 'node-drain', node: 3 }),
    ],
    gates: ['latency.p99 < 250ms', 'delivery.lostInFlight == 0', 'recovery.p95{event=node-kill#1} < 3s'],
    abortGates: [],
    workers: 2,
    validity: {
      eventLoopLagP99Ms: 50,
      sendDelayP99Ms: 20,
      overrunShare: 0.01,
      workerCpuShare: 0.9,
      pauseMs: 2_000,
      failedConnectsShare: 0.01,
      exhaustedConnects: 0,
      listenOverflows: 0,
    },
    estimate: {
      connections: 10_005,
      deliveriesPerSecond: 50_000,
      memoryBytes: 1e9,
      descriptorsPerWorker: 5_100,
      durationMs: 80_000,
    },
    notes: ['the broker is embedded: its figures are not those of Redis'],
    ...changes,
  }
}
