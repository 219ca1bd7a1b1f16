import { isIP } from 'node:net'
import { z } from 'zod'
import { bridges } from '../../reference-cluster/node/bridges/index.js'
import type { BridgeKind, DrainModeName } from '../../reference-cluster/node/contract.js'
import { drainModes } from '../../reference-cluster/node/drains/index.js'
import { WsbenchError } from '../base/errors.js'
import { customIssue, label, quantity } from '../base/fields.js'
import { count, duration, rate, ratio, size } from '../base/quantity.js'
import { type AffinityName, strategies } from '../cluster/affinity/index.js'
import { type BalancerKind, balancers } from '../cluster/balancers/index.js'
import { HEADER_BYTES, MAX_MESSAGE_BYTES } from '../protocols/reference.js'
import { parseGate } from '../results/gates/gates.js'
import { chaosEntrySchema } from './chaos-schema.js'
import { targetSchema } from './target-schema.js'

/**
 * A scenario as validated, every default filled in (they live here and only here). Durations are ms, rates per second,
 * sizes bytes, shares 0 … 1.
 */
export type Scenario = z.output<typeof scenarioSchema>
export type TrafficEntry = z.output<typeof trafficEntrySchema>

/** Who starts the cluster. */
export const drivers = ['auto', 'local', 'compose'] as const

const bridgeKinds = Object.keys(bridges) as BridgeKind[]
const drainModeNames = Object.keys(drainModes) as DrainModeName[]
const balancerKinds = Object.keys(balancers) as BalancerKind[]
const strategyNames = Object.keys(strategies) as AffinityName[]

const cluster = z
  .strictObject({
    driver: z
      .enum(drivers)
      .default('auto')
      .describe(
        'local: real binaries of this machine or nothing; compose: containers, by docker compose; auto: local, with embedded parts where one is missing',
      ),
    balancer: z
      .strictObject({
        kind: z
          .enum(['auto', ...balancerKinds])
          .default('auto')
          .describe('auto: nginx if installed, else haproxy, else embedded'),
        strategy: z
          .enum(strategyNames)
          .default('least-connections')
          .describe('how the balancer picks a node for a client'),
        drainState: z
          .enum(['maint', 'drain'])
          .default('maint')
          .describe('who still gets to a leaving node. maint: nobody; drain (haproxy): who bears its cookie'),
        tls: z
          .boolean({ error: 'expected true or false' })
          .default(false)
          .describe('terminate TLS at the balancer, with a certificate generated for the run'),
      })
      .prefault({}),
    nodes: quantity(count, { from: '1', to: '64' })
      .prefault(3)
      .describe('WebSocket nodes at the start: n1, n2, …'),
    bridge: z
      .enum(bridgeKinds)
      .default('redis-pubsub')
      .describe('how a message gets from one node to the others'),
    broker: z
      .enum(['auto', 'redis', 'nats', 'embedded'])
      .default('auto')
      .describe('auto: the server that the bridge needs; embedded where that is missing and will do'),
    brokerPatience: quantity(duration, { from: '500ms', to: '1h' })
      .prefault('10s')
      .describe('without a sign of life of the broker for so long, a node gives its connection up'),
    drain: z
      .strictObject({
        mode: z
          .enum(drainModeNames)
          .default('close')
          .describe(
            Object.entries(drainModes)
              .map(([name, { summary }]) => `${name}: ${summary}`)
              .join('; '),
          ),
        window: quantity(duration, { to: '1h' })
          .prefault('30s')
          .describe('how long a draining node gives its clients to leave, or takes to tell them all to'),
      })
      .prefault({}),
  })
  .prefault({})
  .describe('the cluster under test')

const sourceAddress = z
  .string({ error: 'expected an IP address' })
  .refine((text) => isIP(text) !== 0 && !text.includes('%'), {
    error: 'expected an IPv4 or IPv6 address, such as 10.0.0.5',
  })

const clients = z
  .strictObject({
    count: quantity(count, { from: '1', to: '10M' }).describe('virtual clients, one connection each'),
    connectRate: quantity(rate, { from: '1/m' })
      .optional()
      .describe(
        'new connections per second at the start; without it, what cores and listen queues will take',
      ),
    connectTimeout: quantity(duration, { from: '10ms' })
      .prefault('10s')
      .describe('for TCP, handshakes and, on a target, until the subscription stands'),
    addresses: z
      .strictObject({
        gateways: quantity(count, { from: '1', to: '63_744' })
          .optional()
          .describe('NAT gateways, one source address each'),
        skew: z
          .number({ error: 'expected a number, such as 1.1' })
          .min(0)
          .max(10)
          .optional()
          .describe('Zipf exponent of the gateways; 1 without it'),
        list: z
          .array(sourceAddress, { error: 'expected a list of addresses' })
          .min(1, { error: 'expected an address at least' })
          .max(256, { error: 'expected at most 256 addresses' })
          .refine((list) => new Set(list).size === list.length, { error: 'expected each address once' })
          .optional()
          .describe('addresses of this machine, dealt to the clients by turns'),
      })
      .refine(({ gateways, list }) => (gateways === undefined) !== (list === undefined), {
        error: 'expected either gateways or list',
      })
      .refine(({ skew, list }) => skew === undefined || list === undefined, {
        error: 'expected no skew beside a list, which is dealt evenly',
      })
      .optional()
      .describe(
        'put clients behind NAT gateways, or connect from the addresses listed; without it each client has an address of its own, where there are any',
      ),
    heartbeat: z
      .strictObject({
        every: quantity(duration, { from: '1s' }).prefault('30s').describe('a ping of each client'),
        timeout: quantity(duration, { from: '500ms' })
          .prefault('10s')
          .describe('for the pong, at most every; past it the client ends its connection and comes back'),
      })
      .optional()
      .describe('WebSocket pings of the clients: what notices a frozen node; without it none are sent'),
    reconnect: z
      .strictObject({
        base: quantity(duration, { from: '1ms' }).prefault('500ms').describe('upper bound of the first wait'),
        cap: quantity(duration, { from: '1ms' }).prefault('10s').describe('the bound doubles up to this'),
        jitter: z
          .enum(['full'])
          .default('full')
          .describe('full: the wait is uniform between 0 and the bound'),
        resume: z
          .boolean({ error: 'expected true or false' })
          .default(false)
          .describe(
            'say which message was the last and have later ones replayed; the bridge must keep a history',
          ),
      })
      .prefault({}),
  })
  .describe('who connects, from where, and how they come back')

/** One entry of `traffic:`. */
export const trafficEntrySchema = z.strictObject({
  channel: z.strictObject({
    name: label('what gates and reports call it'),
    members: z
      .union([z.literal('all'), quantity(count, { from: '1' })], {
        error: 'expected all, or how many clients, such as 20',
      })
      .prefault('all')
      .describe('clients subscribed to each channel; all: a broadcast'),
    count: quantity(count, { from: '1', to: '10M' }).prefault(1).describe('channels of this kind: rooms'),
  }),
  publishers: quantity(count, { from: '1', to: '100k' })
    .prefault(1)
    .describe('per channel; connections of their own, not members'),
  via: z
    .enum(['client', 'backend', 'echo'])
    .default('client')
    .describe(
      'client: through a WebSocket; backend: straight to the broker; echo: each client sends, and gets it back itself',
    ),
  rate: quantity(rate, { from: '1/h' }).prefault('1/s').describe('messages per publisher'),
  arrival: z.enum(['constant', 'poisson']).default('constant').describe('how the sends are spaced'),
  size: quantity(size, { from: `${HEADER_BYTES}B`, to: `${MAX_MESSAGE_BYTES / 1024 ** 2}MiB` })
    .prefault('256B')
    .describe('of a message, its 64-byte header included'),
})

const phases = z
  .strictObject({
    warmup: quantity(duration)
      .prefault('5s')
      .describe('traffic flows, nothing is judged against steady state'),
    measure: quantity(duration, { from: '1s' }).prefault('30s').describe('what the figures are about'),
    grace: quantity(duration, { from: '10ms' })
      .prefault('5s')
      .describe('how long after its send a message may still arrive'),
  })
  .prefault({})

const validity = z
  .strictObject({
    eventLoopLag: quantity(duration, { from: '1ms' }).prefault('100ms').describe('p99 in any worker'),
    sendDelay: quantity(duration, { from: '1ms' })
      .prefault('100ms')
      .describe('p99 of sends behind their schedule, in any worker'),
    overruns: quantity(ratio, { to: '100%' })
      .prefault('1%')
      .describe('sends later than a whole interval (and than 10ms), of all sends'),
    workerCpu: quantity(ratio, { from: '1%', to: '100%' })
      .prefault('95%')
      .describe('of one core, busiest worker, over its busiest 5 s'),
    pause: quantity(duration, { from: '1ms' })
      .prefault('2s')
      .describe('longest time any worker may stand still: stopped, or in a paused VM'),
    failedConnects: quantity(ratio, { to: '100%' })
      .prefault('1%')
      .describe('of all connection attempts before the first event'),
    exhaustedConnects: quantity(count)
      .prefault(0)
      .describe('connects that failed for want of descriptors, or of local ports'),
    listenOverflows: quantity(count)
      .prefault(0)
      .describe("overflows of listen queues during the run, of all the host's programs"),
  })
  .prefault({})
  .describe('past any of these bounds the run measured the generator or its machine, and is invalid')

const safety = z
  .strictObject({
    abortIfConnectedBelow: quantity(ratio, { from: '0.1%', to: '100%' })
      .optional()
      .describe('stop the run when fewer of the clients are connected while it is measured'),
    maxDuration: quantity(duration, { from: '1s' }).optional().describe('stop the run after this'),
  })
  .prefault({})
  .describe('when a run stops by itself, its result kept')

const expression = z
  .string({ error: 'expected a comparison, such as latency.p99 < 250ms' })
  .superRefine((expression, context) => {
    try {
      parseGate(expression)
    } catch (error) {
      if (!(error instanceof WsbenchError)) throw error
      context.addIssue(
        customIssue(expression, { what: error.message, ...(error.hint ? { hint: error.hint } : {}) }),
      )
    }
  })

/** One entry of `gates:`. */
export const gateEntrySchema = z
  .union(
    [
      expression.transform((text) => ({ gate: text, abortOnFail: false, after: 0 })),
      z.strictObject({
        gate: expression,
        abortOnFail: z
          .boolean({ error: 'expected true or false' })
          .default(false)
          .describe('end the run as soon as it is missed'),
        after: quantity(duration)
          .prefault('0s')
          .describe('time of the measure phase before which abortOnFail does not look'),
      }),
    ],
    { error: 'expected a comparison, such as latency.p99 < 250ms, or { gate, abortOnFail, after }' },
  )
  .describe('a comparison; or { gate, abortOnFail, after }')

export const scenarioSchema = z.strictObject({
  name: label('what the result is called'),
  description: z.string({ error: 'expected text' }).default('').describe('what the scenario settles'),
  seed: quantity(count, { to: '4_294_967_295' })
    .prefault(1)
    .describe('every random draw follows from it: the same seed gives the same plan'),
  cluster,
  target: targetSchema.optional(),
  clients,
  traffic: z
    .array(trafficEntrySchema, { error: 'expected a list of channels' })
    .min(1, { error: 'expected at least one channel' })
    .prefault([{ channel: { name: 'broadcast' } }]),
  phases,
  chaos: z
    .array(chaosEntrySchema, { error: 'expected a list of events' })
    .default([])
    .describe('what happens when'),
  gates: z
    .array(gateEntrySchema, { error: 'expected a list of comparisons' })
    .prefault([])
    .describe('what must hold, else exit 99'),
  safety,
  validity,
})
