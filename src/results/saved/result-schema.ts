import { z } from 'zod'
import { deliveryClasses } from '../delivery/types.js'
import { decodeHistogram } from '../latency/histogram.js'
import { components } from '../result.js'

const number = z.number()
const text = z.string()
const count = z.number().min(0)
const named = z.looseObject({})
const each = <Schema extends z.ZodType>(schema: Schema) => z.record(text, schema)
const object = z.looseObject

const histogram = text.refine((base64) => {
  try {
    decodeHistogram(base64)
    return true
  } catch {
    return false
  }
}, 'no base64 HDR histogram')

const figures = ['count', 'min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const
const summary = object({ ...fields(figures, count), histogram })
const part = object({ kind: text, isEmbedded: z.boolean(), version: text })
const counts = fields(deliveryClasses, count)
const cells = each(object({ ...counts, lost: count }))

const template = each(text)
const target = object({
  urls: z.array(object({ url: z.url(), weight: number })),
  protocol: object({ kind: text, options: named }),
  ...fields(['headers', 'cookies', 'query'], template),
  subprotocols: z.array(text),
})

const plan = object({
  name: text,
  seed: number,
  cluster: object({
    nodes: count,
    bridge: text,
    balancer: object({ kind: text, strategy: text, tls: z.boolean() }),
  }),
  target: target.nullable(),
  clients: object({ count, addresses: object({ kind: text }) }),
  channels: z.array(named),
  phases: object({
    warmupMs: count,
    measureMs: count,
    graceMs: count,
    spans: z.array(object({ name: text, startMs: number, endMs: number })),
  }),
  chaos: z.array(object({ id: text, atMs: number, windowMs: count, action: object({ event: text }) })),
  gates: z.array(text),
  workers: count,
  validity: object(
    fields(
      [
        'eventLoopLagP99Ms',
        'sendDelayP99Ms',
        'overrunShare',
        'workerCpuShare',
        'pauseMs',
        'failedConnectsShare',
        'exhaustedConnects',
        'listenOverflows',
      ],
      count,
    ),
  ),
  notes: z.array(text),
})

const ratios = object(fields(['maxOverMean', 'minOverMean', 'coefficientOfVariation'], number.nullable()))
const balance = ratios.extend({ perNode: each(count), messages: ratios })
const affinity = object({
  ...fields(['reconnectedSameNode', 'reconnectedOtherNode'], count),
  routedToDraining: count.nullable(),
})
const hops = object({
  sampledEach: count,
  unusable: count,
  ...fields(['toNode', 'broker', 'toClient', 'sameNode', 'crossNode'], summary),
})

const event = object({
  id: text,
  kind: text,
  targets: z.array(text),
  scheduledAtMs: number,
  startedAtMs: number,
  finishedAtMs: number.nullable(),
  failure: text.nullable(),
  affectedClients: count,
  recovery: object({
    recovered: count,
    downtimeMicros: summary,
    timeTo95Ms: number.nullable(),
    timeTo100Ms: number.nullable(),
    rebalanceMs: number.nullable(),
  }),
  affinity,
  remapped: object({ returned: count, moved: count }).nullable(),
  lost: count,
  replayed: count,
  lastConnectionOnTargetMs: number.nullable(),
  peakReconnectsPerSecond: count,
})

const second = object({
  tMs: number,
  ...fields(['connectedByNode', 'receivedByNode'], each(count)),
  balance: object(fields(['connections', 'messages'], ratios)),
  ...fields(['connected', 'connects', 'disconnects', 'sent', 'received', 'lost', 'cpu'], count),
  p50: count.nullable(),
  p99: count.nullable(),
  histogram: histogram.nullable(),
})

const worker = fields(
  [
    'cpuShareMax',
    'cpuMicros',
    'peakRssBytes',
    'eventLoopLagP99Micros',
    'longestPauseMicros',
    'sendDelayP99Micros',
    'connections',
  ],
  count,
)

/** All of version 1 that a report reads; what else the file holds is kept. A result has no `kind`. */
export const resultSchema = object({
  version: z.literal(1),
  kind: z.undefined().optional(),
  tool: object({ name: z.literal('wsbench'), version: text }),
  scenario: object({ name: text, hash: text, plan }),
  environment: object({
    ...fields(['host', 'platform', 'cpu', 'node'], text),
    ...fields(['cores', 'memoryBytes', 'descriptors', 'loadAverage'], count),
  }),
  cluster: object({
    driver: text,
    balancer: part.extend({ strategy: text }),
    broker: part.nullable(),
    bridge: text,
    nodes: z.array(text),
    peaks: each(object({ rssBytes: count, cpuMicros: count })),
    backlogDisconnects: count.nullable().optional(),
  }),
  startedAt: z.iso.datetime(),
  durationMs: count,
  delivery: object({
    ...counts,
    ...fields(['lost', 'unexpected', 'beforeDue', 'ambiguous'], count),
    availability: count.nullable(),
    published: object(fields(['sent', 'acked', 'failed', 'refused', 'unacked', 'unackedDelivered'], count)),
    lossBound95: count.nullable(),
    unexplainedDuring: each(count),
    ...fields(['byCause', 'byPhase', 'byChannel', 'byNode'], cells),
  }),
  latency: object({
    ...fields(['intended', 'service', 'sendDelay'], summary),
    byPhase: each(summary),
    hops: hops.nullable(),
    negative: count,
    tooLong: count,
  }),
  connections: object({
    ...fields(['attempted', 'opened', 'failedBeforeEventsShare', 'peak', 'reconnects', 'rampUpMs'], count),
    failed: each(count),
    heartbeats: object(fields(['sent', 'answered', 'missed'], count)),
    closeCodes: each(count),
    ...fields(['connectMicros', 'downtimeMicros'], summary),
  }),
  balance: each(balance),
  affinity,
  events: z.array(event),
  timeline: z.array(second),
  generator: object({
    workers: z.array(object(worker)),
    sendDelayP99Micros: count,
    overruns: count,
    listenOverflows: number.nullable(),
    wallClockSteps: z.array(object({ atMs: number, stepMs: number })),
  }),
  gates: z.array(object({ expression: text, value: number.nullable(), ok: z.boolean(), reason: text })),
  verdict: object({
    outcome: z.enum(['pass', 'fail', 'invalid', 'interrupted']),
    reasons: z.array(text),
    attributedTo: z.array(z.enum(components)).optional(),
  }),
})

/** The same schema under each of the names. */
function fields<Name extends string, Schema extends z.ZodType>(
  names: readonly Name[],
  schema: Schema,
): Record<Name, Schema> {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Name, Schema>
}
