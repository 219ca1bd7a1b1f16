import type { Plan } from '../../plan/plan.js'
import type { RunRecord } from '../run-record.js'
import { samplePlan } from './sample-plan.js'
import { sampleRecord } from './sample-record.js'

/** Test support: the plan of `sampleTargetRecord`. */
export function sampleTargetPlan(): Plan {
  return samplePlan({
    cluster: {
      driver: 'target',
      balancer: {
        kind: 'none',
        strategy: 'none',
        isEmbedded: false,
        binary: null,
        tls: true,
        processes: 0,
        sources: [],
      },
      nodes: 0,
      maxNodes: 0,
      bridge: 'none',
      broker: null,
      brokerPatienceMs: 0,
      drain: { mode: 'close', windowMs: 0 },
    },
    target: {
      urls: [{ url: 'wss://rt.example.com/socket?tenant=7', weight: 1 }],
      protocol: { kind: 'socket.io', options: {} },
      headers: {},
      cookies: {},
      query: {},
      subprotocols: [],
      compression: false,
      tls: { ca: null, cert: null, key: null, serverName: null, isInsecure: false },
      feed: null,
      stats: {},
      node: null,
    },
    chaos: [],
    notes: [],
  })
}

/** Test support: the sample run against a target that does not name its nodes. */
export function sampleTargetRecord(): RunRecord {
  const { ticks, delivery, disconnects } = sampleRecord()
  return sampleRecord({
    plan: sampleTargetPlan(),
    cluster: {
      driver: 'target',
      balancer: { kind: 'none', strategy: 'none', isEmbedded: false, version: '' },
      broker: null,
      bridge: 'none',
    },
    nodes: [],
    samples: [],
    events: [],
    delivery: { ...delivery, byNode: {} },
    disconnects: { ...disconnects, byCause: {}, lastOpenMicros: {}, remapped: {} },
    ticks: ticks.map((own) => own.map((tick) => ({ ...tick, connectedByNode: {}, receivedByNode: {} }))),
  })
}
