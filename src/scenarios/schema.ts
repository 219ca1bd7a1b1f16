import { isIP } from 'node:net'
import { z } from 'zod'
import { bridges } from '../../reference-cluster/node/bridges/index.js'
import type { BridgeKind, DrainModeName } from '../../reference-cluster/node/contract.js'
import { drainModes } from '../../reference-cluster/node/drains/index.js'
import { WsbenchError } from '../base/errors.js'
import { customIssue, flag, label, quantity } from '../base/fields.js'
import { count, duration, rate, ratio, size } from '../base/quantity.js'
import { type AffinityName, strategies } from '../cluster/affinity/index.js'
import { type BalancerKind, balancers } from '../cluster/balancers/index.js'
import { balancerSettings } from '../cluster/balancers/settings.js'
import { HEADER_BYTES, MAX_MESSAGE_BYTES } from '../protocols/reference.js'
import { parseGate } from '../results/gates/gates.js'
import { chaosEntrySchema } from './chaos-schema.js'
import { targetSchema } from './target-schema.js'

/**
 * A validated scenario with every default filled in; all defaults are defined in this file. Durations are in ms, rates per
 * second, sizes in bytes, shares from 0 to 1.
 */
export type Scenario = z.output<typeof scenarioSchema> & {
  /** What the scenario has for its cluster, which a target has replaced. */
  readonly leftOut?: readonly string[]
}
export type TrafficEntry = z.output<typeof trafficEntrySchema>

/** How the parts of the cluster are started. */
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
        'how the cluster is started. local: programs installed on this machine, all of which must exist; compose: containers, with docker compose; auto: like local, with embedded parts in place of missing programs',
      ),
    balancer: z
      .strictObject({
        kind: z
          .enum(['auto', ...balancerKinds])
          .default('auto')
          .describe('the balancer program. auto: nginx if installed, else haproxy, else embedded'),
        strategy: z
          .enum(strategyNames)
          .default('least-connections')
          .describe('how the balancer picks the node for a new connection'),
        drainState: z
          .enum(['maint', 'drain'])
          .default('maint')
          .describe('connections to a draining node. maint: none; drain (haproxy): those with its cookie'),
        settings: balancerSettings,
        tls: flag('terminate TLS at the balancer, with a certificate generated for the run'),
      })
      .prefault({})
      .describe('the proxy that spreads connections over the nodes'),
    nodes: quantity(count, { from: '1', to: '64' })
      .prefault(3)
      .describe('number of WebSocket nodes at the start; they are named n1, n2, …'),
    bridge: z.enum(bridgeKinds).default('redis-pubsub').describe('how the nodes pass messages to each other'),
    broker: z
      .enum(['auto', 'redis', 'nats', 'embedded'])
      .default('auto')
      .describe('the server between nodes. auto: what the bridge needs; embedded if missing and supported'),
    brokerPatience: quantity(duration, { from: '500ms', to: '1h' })
      .prefault('10s')
      .describe('a node closes its connection to the broker if the broker does not respond for this long'),
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
          .describe('how long clients have to leave; staggered and handover ask them evenly over it'),
      })
      .prefault({})
      .describe('how a node is taken out of service by node-drain and rolling-deploy'),
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
    count: quantity(count, { from: '1', to: '10M' }).describe('number of clients, one connection each'),
    connectRate: quantity(rate, { from: '1/m' })
      .optional()
      .describe('new connections per second at the start; default: what cores and listen queues can handle'),
    connectTimeout: quantity(duration, { from: '10ms' })
      .prefault('10s')
      .describe('time limit for TCP connect, handshakes and, on a target, the subscription'),
    addresses: z
      .strictObject({
        gateways: quantity(count, { from: '1', to: '63_744' })
          .optional()
          .describe('number of NAT gateways; all clients behind one share its source address'),
        skew: z
          .number({ error: 'expected a number, such as 1.1' })
          .min(0)
          .max(10)
          .optional()
          .describe('exponent of the Zipf distribution of clients over gateways; 0: even; default: 1'),
        list: z
          .array(sourceAddress, { error: 'expected a list of addresses' })
          .min(1, { error: 'expected at least one address' })
          .max(256, { error: 'expected at most 256 addresses' })
          .refine((list) => new Set(list).size === list.length, { error: 'expected each address once' })
          .optional()
          .describe('source addresses of this machine, assigned to clients round-robin'),
      })
      .refine(({ gateways, list }) => (gateways === undefined) !== (list === undefined), {
        error: 'expected either gateways or list',
      })
      .refine(({ skew, list }) => skew === undefined || list === undefined, {
        error: 'expected no skew with a list, which is used evenly',
      })
      .optional()
      .describe(
        'source addresses: NAT gateways, or a list; default: one per client, if the system allows it',
      ),
    heartbeat: z
      .strictObject({
        every: quantity(duration, { from: '1s' })
          .prefault('30s')
          .describe('interval between pings of one client'),
        timeout: quantity(duration, { from: '500ms' })
          .prefault('10s')
          .describe('how long to wait for the pong (at most every) before the client reconnects'),
      })
      .optional()
      .describe('WebSocket pings sent by clients, which detect a frozen node; default: none'),
    reconnect: z
      .strictObject({
        base: quantity(duration, { from: '1ms' })
          .prefault('500ms')
          .describe('upper bound of the wait before the first attempt'),
        cap: quantity(duration, { from: '1ms' })
          .prefault('10s')
          .describe('the bound doubles with each attempt, up to this'),
        jitter: z
          .enum(['full'])
          .default('full')
          .describe('full: the wait is random, uniform between 0 and the bound'),
        resume: flag('after a reconnect, ask for the messages missed; needs a bridge that keeps a history'),
      })
      .prefault({})
      .describe('how clients reconnect: exponential backoff with full jitter'),
  })
  .describe('the clients: how many, where they connect from, and how they reconnect')

/** One entry of `traffic:`. */
export const trafficEntrySchema = z.strictObject({
  channel: z
    .strictObject({
      name: label('name of the channel in gates and reports'),
      members: z
        .union([z.literal('all'), quantity(count, { from: '1' })], {
          error: 'expected all, or how many clients, such as 20',
        })
        .prefault('all')
        .describe('number of clients subscribed to each channel; all: a broadcast'),
      count: quantity(count, { from: '1', to: '10M' })
        .prefault(1)
        .describe('number of channels with these settings: rooms'),
    })
    .describe('the channel, or the group of channels, that the messages go to'),
  publishers: quantity(count, { from: '1', to: '100k' })
    .prefault(1)
    .describe('number of publishers in each channel, on connections of their own; not with via members'),
  via: z
    .enum(['client', 'backend', 'echo', 'members'])
    .default('client')
    .describe(
      'client: over a WebSocket; backend: directly to the broker; echo: each client to itself; members: the members themselves, on their connections',
    ),
  echoes: z
    .boolean({ error: 'expected true or false' })
    .default(true)
    .describe('via members: whether the server sends a message to its own publisher too'),
  rate: quantity(rate, { from: '1/h' }).prefault('1/s').describe('messages per second of each publisher'),
  arrival: z
    .enum(['constant', 'poisson'])
    .default('constant')
    .describe('spacing of the sends. constant: even; poisson: random intervals of the same mean'),
  size: quantity(size, { from: `${HEADER_BYTES}B`, to: `${MAX_MESSAGE_BYTES / 1024 ** 2}MiB` })
    .prefault('256B')
    .describe('size of a message, including a header of 64 bytes'),
})

const phases = z
  .strictObject({
    warmup: quantity(duration)
      .prefault('5s')
      .describe('traffic before the measurement; its figures are kept apart from steady state'),
    measure: quantity(duration, { from: '1s' })
      .prefault('30s')
      .describe('length of the measurement, which latencies, deliveries and gates refer to'),
    grace: quantity(duration, { from: '10ms' })
      .prefault('5s')
      .describe('how long after its send a message may still arrive and count as delivered'),
  })
  .prefault({})
  .describe('the lengths of the parts of a run')

const validity = z
  .strictObject({
    eventLoopLag: quantity(duration, { from: '1ms' })
      .prefault('100ms')
      .describe('p99 of the event-loop lag of any worker'),
    sendDelay: quantity(duration, { from: '1ms' })
      .prefault('100ms')
      .describe('p99 of the generator delay of any worker: how late messages are sent'),
    overruns: quantity(ratio, { to: '100%' })
      .prefault('1%')
      .describe('share of sends that are late by more than a whole interval (and more than 10ms)'),
    workerCpu: quantity(ratio, { from: '1%', to: '100%' })
      .prefault('95%')
      .describe('CPU use of the busiest worker over its busiest 5 s, as a share of one core'),
    pause: quantity(duration, { from: '1ms' })
      .prefault('2s')
      .describe('longest event-loop stall of any worker, for example in a paused VM'),
    failedConnects: quantity(ratio, { to: '100%' })
      .prefault('1%')
      .describe('share of connection attempts that fail before the first event'),
    exhaustedConnects: quantity(count)
      .prefault(0)
      .describe('connects that fail for lack of file descriptors or local ports'),
    listenOverflows: quantity(count)
      .prefault(0)
      .describe('listen queue overflows on this machine during the run'),
  })
  .prefault({})
  .describe('beyond any of these limits the run is invalid: it measured the generator or its machine')

const safety = z
  .strictObject({
    abortIfConnectedBelow: quantity(ratio, { from: '0.1%', to: '100%' })
      .optional()
      .describe('stop the run if a smaller share of the clients is connected during the measure phase'),
    maxDuration: quantity(duration, { from: '1s' }).optional().describe('stop the run after this time'),
  })
  .prefault({})
  .describe('conditions that stop a run early; its result is kept')

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
        gate: expression.describe('a comparison, such as latency.p99 < 250ms'),
        abortOnFail: flag('stop the run as soon as the gate fails'),
        after: quantity(duration)
          .prefault('0s')
          .describe('time in the measure phase from which abortOnFail applies'),
      }),
    ],
    { error: 'expected a comparison, such as latency.p99 < 250ms, or { gate, abortOnFail, after }' },
  )
  .describe('a comparison; or { gate, abortOnFail, after }')

export const scenarioSchema = z.strictObject({
  name: label('name of the scenario in results and reports'),
  description: z.string({ error: 'expected text' }).default('').describe('what the scenario tests'),
  seed: quantity(count, { to: '4_294_967_295' })
    .prefault(1)
    .describe('seed of all random choices: the same seed gives the same plan'),
  cluster,
  target: targetSchema.optional(),
  clients,
  traffic: z
    .array(trafficEntrySchema, { error: 'expected a list of channels' })
    .min(1, { error: 'expected at least one channel' })
    .prefault([{ channel: { name: 'broadcast' } }])
    .describe('channels, and the messages sent to them'),
  phases,
  chaos: z
    .array(chaosEntrySchema, { error: 'expected a list of events' })
    .default([])
    .describe('events during the run, such as the kill of a node'),
  gates: z
    .array(gateEntrySchema, { error: 'expected a list of comparisons' })
    .prefault([])
    .describe('conditions that the run must meet; if one fails, the exit code is 99'),
  safety,
  validity,
})

/** Every setting with its description, default and values, as JSON Schema. */
export function scenarioJsonSchema() {
  return z.toJSONSchema(scenarioSchema, { io: 'input' })
}

/** The text of scenario.schema.json, with which editors complete and check scenarios. */
export function editorSchema(): string {
  const schema = scenarioJsonSchema()
  const head = { $schema: schema.$schema, title: 'wsbench scenario' }
  // Parts with an anchor, which are merged into others.
  const patternProperties = { '^x-': {} }
  return `${JSON.stringify({ ...head, ...schema, patternProperties }, null, 2)}\n`
}
