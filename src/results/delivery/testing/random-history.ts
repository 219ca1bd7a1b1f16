import fc from 'fast-check'
import type { PoolRemoval } from '../../../cluster/cluster.js'
import type { ChannelGroupPlan, PhaseSpan } from '../../../plan/plan.js'
import { type CauseWindow, outcomes, type PublisherConnection } from '../types.js'
import type { Happening, History } from './oracle.js'

/** Test support: one tick of the random histories, µs; edges fall on ticks, and what happens on them or 1 µs later. */
const TICK = 100_000
const START = 100 * TICK
const nodeNames = ['n1', 'n2', 'n3']

/** Test support: a random run, its split over workers, and a moment for questions that need one. */
export interface RandomRun {
  readonly history: History
  readonly workers: number
  readonly askedMicros: number
}

const step = fc.record({
  act: fc.constantFrom(
    ...([
      'publish',
      'burst',
      'copy',
      'catchUp',
      'begin',
      'end',
      'handOver',
      'endLeft',
      'invent',
      'stray',
    ] as const),
  ),
  client: fc.nat(4),
  stream: fc.nat(16),
  choice: fc.nat(1023),
  ticks: fc.nat(3),
  micros: fc.nat(1),
})

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

const setting = fc.record({
  clients: fc.integer({ min: 1, max: 5 }),
  workers: fc.integer({ min: 1, max: 3 }),
  broadcastPublishers: fc.integer({ min: 1, max: 2 }),
  rooms: fc.integer({ min: 0, max: 3 }),
  members: fc.integer({ min: 1, max: 5 }),
  roomPublishers: fc.integer({ min: 1, max: 2 }),
  roomVia: fc.constantFrom('client', 'members'),
  echoes: fc.boolean(),
  measureTicks: fc.nat(60),
  graceTicks: fc.nat(12),
  boundaryTicks: fc.nat(2),
  boundaryMicros: fc.nat(1),
  askedTicks: fc.nat(200),
  spanTicks: fc.array(fc.nat(150), { maxLength: 4 }),
  causes: fc.array(
    fc.record({
      from: fc.nat(150),
      length: fc.nat(50),
      targets: fc.subarray([...nodeNames, 'broker']),
      disconnects: fc.boolean(),
      lossesInFlight: fc.constantFrom('none', 'of its nodes', 'any'),
      changesPool: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  /** By stream; each begins after the one before has ended. */
  connections: fc.array(
    fc.array(
      fc.record({
        wait: fc.nat(20),
        length: fc.nat(60),
        node: fc.constantFrom(...nodeNames, 'n4', null),
      }),
      { maxLength: 4 },
    ),
    { minLength: 8, maxLength: 8 },
  ),
  poolRemovals: fc.array(
    fc.record({
      node: fc.constantFrom(...nodeNames),
      from: fc.nat(150),
      length: fc.option(fc.nat(50)),
    }),
    { maxLength: 3 },
  ),
})

type Setting = typeof setting extends fc.Arbitrary<infer Value> ? Value : never

/** Test support: runs with drops, duplicates, reordering, replays, late joiners, reconnects, lies and events. */
export const randomRun: fc.Arbitrary<RandomRun> = fc
  .tuple(setting, fc.array(step, { maxLength: 100, size: 'max' }))
  .map(([chosen, steps]) => ({
    history: new Simulation(chosen).run(steps),
    workers: chosen.workers,
    askedMicros: START + chosen.askedTicks * TICK,
  }))

interface Published {
  readonly planned: number
  readonly sent: number
  readonly outcome: number
}

/** Turns random steps into a possible run: what was sent keeps its send time, and nobody is subscribed twice. */
class Simulation {
  readonly #groups: readonly ChannelGroupPlan[]
  readonly #streams: readonly Published[][]
  readonly #happenings: Happening[] = []
  readonly #open: boolean[]
  /** Clients that have two connections. */
  readonly #leaving = new Set<number>()
  readonly #measureMicros: number
  #tick = 0
  #now = START

  constructor(readonly setting: Setting) {
    this.#groups = groupsOf(setting)
    this.#measureMicros = START + setting.measureTicks * TICK
    const { firstPublisher, count, publishers } = this.#groups.at(-1)!
    this.#streams = Array.from({ length: firstPublisher + count * publishers }, () => [])
    this.#open = Array.from({ length: setting.clients }, () => false)
  }

  run(steps: readonly Step[]): History {
    for (const each of steps) {
      this.#tick += each.ticks
      this.#now = Math.max(this.#now, START + this.#tick * TICK + each.micros)
      this[each.act](each)
    }
    const { setting } = this
    return {
      clients: setting.clients,
      groups: this.#groups,
      spans: spansOf(setting),
      measureMicros: this.#measureMicros,
      graceMicros: setting.graceTicks * TICK,
      boundaryMicros: setting.boundaryTicks * TICK + setting.boundaryMicros,
      nodeNames,
      causes: causesOf(setting),
      poolRemovals: poolRemovalsOf(setting),
      ledgers: this.#streams.map((messages, stream) => ({
        stream,
        sentMicros: Float64Array.from(messages, ({ sent }) => sent),
        outcome: Uint8Array.from(messages, ({ outcome }) => outcome),
        spanStarts: Uint32Array.from(
          spansOf(setting),
          ({ startMs }, span) =>
            messages.filter(({ planned }) => span > 0 && planned < this.#measureMicros + startMs * 1000)
              .length,
        ),
        connections: connectionsOf(setting, stream),
      })),
      happenings: this.#happenings,
    }
  }

  publish({ stream, choice }: Step): void {
    const { acked, unacked, refused, failed } = outcomes
    const likely = [acked, acked, acked, unacked, refused, failed]
    this.#publish(stream, likely[choice % likely.length]!, choice)
  }

  /** A message that reaches everyone connected, but whom the choice spares. */
  burst({ stream, choice }: Step): void {
    const messages = this.#messagesOf(stream)
    this.#publish(stream, choice % 7 === 0 ? outcomes.unacked : outcomes.acked, choice)
    this.#open.forEach((_open, client) => {
      if ((choice >> client) % 4 !== 0) this.#deliver(client, stream, messages.length, choice >> (client + 2))
    })
  }

  /** Any message, to anyone: the first copy, out of order, or another one. */
  copy({ client, stream, choice }: Step): void {
    const { length } = this.#messagesOf(stream)
    if (length > 0) this.#deliver(client, stream, 1 + (choice % length), choice >> 5)
  }

  /** All messages from a random one on, in order or backwards. */
  catchUp({ client, stream, choice }: Step): void {
    const { length } = this.#messagesOf(stream)
    const sequences = Array.from({ length }, (_, position) => position + 1).slice(choice % (length + 1))
    for (const sequence of choice % 3 === 0 ? sequences.reverse() : sequences) {
      this.#deliver(client, stream, sequence, choice >> 5)
    }
  }

  begin({ client, choice }: Step): void {
    const own = client % this.setting.clients
    if (this.#open[own]) return
    this.#open[own] = true
    const node = choice % nodeNames.length
    this.#happenings.push({ kind: 'begin', client: own, at: this.#now, node, recovered: choice % 5 === 0 })
  }

  handOver({ client, choice }: Step): void {
    const own = client % this.setting.clients
    if (!this.#open[own] || this.#leaving.has(own)) return
    this.#leaving.add(own)
    const node = choice % nodeNames.length
    this.#happenings.push({
      kind: 'handOver',
      client: own,
      at: this.#now,
      node,
      recovered: choice % 5 === 0,
    })
  }

  endLeft({ client }: Step): void {
    const own = client % this.setting.clients
    this.#leaving.delete(own)
    this.#happenings.push({ kind: 'endLeft', client: own, at: this.#now })
  }

  end({ client }: Step): void {
    const own = client % this.setting.clients
    this.#open[own] = false
    this.#leaving.delete(own)
    this.#happenings.push({ kind: 'end', client: own, at: this.#now })
  }

  /** A copy of what was never published, or never written. */
  invent({ client, stream, choice }: Step): void {
    const messages = this.#messagesOf(stream)
    const failed = messages.findIndex(({ outcome }) => outcome === outcomes.failed)
    const sequence = choice % 2 === 0 && failed >= 0 ? failed + 1 : 1_000 + (choice % 5)
    this.#copy(client, stream, this.#channelOf(stream), sequence, this.#sentNow())
  }

  /** A copy of a channel that the publisher does not write to, or of sequence 0. */
  stray({ client, stream, choice }: Step): void {
    const channel = choice % 5
    const sequence = channel === this.#channelOf(stream) ? 0 : 1 + (choice % 3)
    this.#copy(client, stream, channel, sequence, this.#sentNow())
  }

  /** `lot`, if odd: on the connection that is being left, where there is one. */
  #deliver(client: number, stream: number, sequence: number, lot: number): void {
    const { outcome, ...when } = this.#messagesOf(stream)[sequence - 1]!
    if (outcome !== outcomes.failed) this.#copy(client, stream, this.#channelOf(stream), sequence, when, lot)
  }

  #sentNow(): Pick<Published, 'planned' | 'sent'> {
    return { planned: this.#now, sent: this.#now }
  }

  /** Up to three ticks after it was meant to be sent, yet not before the message before it. */
  #publish(stream: number, outcome: number, choice: number): void {
    const messages = this.#messagesOf(stream)
    const planned = Math.max(this.#now - ((choice >> 3) % 4) * TICK, messages.at(-1)?.planned ?? 0)
    messages.push({ planned, sent: this.#now, outcome })
  }

  #copy(
    client: number,
    stream: number,
    channel: number,
    sequence: number,
    when: Pick<Published, 'planned' | 'sent'>,
    lot = 0,
  ): void {
    const publisher = stream % this.#streams.length
    const own = client % this.setting.clients
    this.#happenings.push({
      kind: 'copy',
      client: own,
      at: this.#now,
      isOnLeft: lot % 2 === 1 && this.#leaving.has(own),
      channel,
      publisher,
      sequence,
      ...when,
    })
  }

  #messagesOf(stream: number): Published[] {
    return this.#streams[stream % this.#streams.length]!
  }

  #channelOf(stream: number): number {
    const publisher = stream % this.#streams.length
    const group = this.#groups.findLast(({ firstPublisher }) => firstPublisher <= publisher)!
    return group.firstChannel + Math.floor((publisher - group.firstPublisher) / group.publishers)
  }
}

function groupsOf({
  clients,
  rooms,
  members,
  roomPublishers,
  roomVia,
  echoes,
  broadcastPublishers,
}: Setting): ChannelGroupPlan[] {
  const common = { via: 'client', echoes: true, rateHz: 1, arrival: 'constant', sizeBytes: 64 } as const
  const broadcast: ChannelGroupPlan = {
    ...common,
    name: 'all',
    firstChannel: 0,
    count: 1,
    members: clients,
    firstPublisher: 0,
    publishers: broadcastPublishers,
  }
  if (rooms === 0) return [broadcast]
  const roomMembers = Math.min(members, clients)
  const room = {
    ...common,
    via: roomVia,
    echoes,
    name: 'rooms',
    firstChannel: 1,
    count: rooms,
    members: roomMembers,
    firstPublisher: broadcastPublishers,
    publishers: roomVia === 'members' ? roomMembers : roomPublishers,
  }
  return [broadcast, room]
}

function spansOf({ spanTicks, measureTicks }: Setting): PhaseSpan[] {
  const names = ['steady', 'event#1', 'steady', 'event#2']
  const cuts = [0, ...spanTicks.toSorted((a, b) => a - b), 1000].map(
    (tick) => ((tick - measureTicks) * TICK) / 1000,
  )
  return cuts.slice(1).map((endMs, index) => ({
    name: index === 0 ? 'warmup' : names[index - 1]!,
    startMs: cuts[index]!,
    endMs,
  }))
}

function causesOf({ causes }: Setting): CauseWindow[] {
  return causes.map(({ from, length, targets, changesPool, ...explains }, index) => ({
    id: `event#${index + 1}`,
    explains,
    startedMicros: START + from * TICK,
    untilMicros: START + (from + length) * TICK,
    turns: targets.map((node, turn) => ({
      node,
      startedMicros: START + (from + Math.floor((turn * length) / 8)) * TICK,
      untilMicros: START + (from + Math.floor(((turn + 4) * length) / 8)) * TICK,
    })),
    cutsAllUntilMicros: null,
    poolChangedMicros: changesPool ? START + (from + Math.floor(length / 2)) * TICK : null,
  }))
}

function poolRemovalsOf({ poolRemovals }: Setting): PoolRemoval[] {
  return poolRemovals.map(({ node, from, length }) => ({
    node,
    fromMicros: START + from * TICK,
    untilMicros: length === null ? null : START + (from + length) * TICK,
  }))
}

/** Of the stream's publisher; the last one lasts. */
function connectionsOf({ connections }: Setting, stream: number): PublisherConnection[] {
  let tick = 0
  const own = connections[stream % connections.length]!
  return own.map(({ wait, length, node }, order) => {
    const from = tick + wait
    tick = from + length
    const untilMicros = order === own.length - 1 ? Number.POSITIVE_INFINITY : START + tick * TICK
    return { node, fromMicros: START + from * TICK, untilMicros }
  })
}
