import { randomInt } from 'node:crypto'
import { nowMicros } from '../../base/clock.js'
import { createRandom } from '../../base/random.js'
import type { Endpoint } from '../../cluster/cluster.js'
import type { Plan } from '../../plan/plan.js'
import { encodePayload, PROBE_RUN, type Tag } from '../../protocols/tag.js'
import { SubscriptionLayout } from '../../results/delivery/layout.js'
import { channelName } from '../channel-name.js'
import type { Ending } from '../connection-counters.js'
import { UNNAMED_NODE } from '../node-names.js'
import type { ResponseHead } from '../wire/response-head.js'
import type { WorkerContext } from '../worker-context.js'
import type { ProbeRefusal } from './probe-refusal.js'
import type { TargetAccess } from './target-access.js'
import { TargetConnection, type TargetConnectionHandlers } from './target-connection.js'

/** What an endpoint did with one subscriber, and one message. */
export interface ProbeOutcome {
  readonly refusal: ProbeRefusal | null
  /** Head of the response that accepted the subscriber's handshake. */
  readonly head: ResponseHead | null
  /** A message was published, and its subscriber did not get it in time. */
  readonly isUnanswered: boolean
  /** The subscriber did not learn its node, though `target.node` says how. */
  readonly isUnnamed: boolean
}

/** How long a message may take to come back, when there is no load. */
const RETURN_MS = 1_000

/**
 * One subscriber of a target with its real channels, cookies and row of the feed, and one message by its real publisher. The
 * message is of PROBE_RUN, so that no run counts it.
 */
export class TargetProbe implements TargetConnectionHandlers {
  readonly outcome: Promise<ProbeOutcome>
  readonly #context: WorkerContext
  readonly #subscriber: TargetConnection
  /** Null: nothing is published over a connection. */
  readonly #publisher: TargetConnection | null
  readonly #message: Tag | null
  /** Its message is to get to the subscriber. */
  readonly #comesBack: boolean
  readonly #waiting: Set<TargetConnection>
  readonly #open: Set<TargetConnection>
  #resolve!: (outcome: ProbeOutcome) => void
  #result: Omit<ProbeOutcome, 'head' | 'isUnnamed'> | null = null
  #isUnnamed = false
  #head: ResponseHead | null = null
  #isPublished = false
  #timer: NodeJS.Timeout | undefined

  /** `client`: whose place the subscriber takes. */
  constructor(plan: Plan, endpoint: Endpoint, access: TargetAccess, client: number) {
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve
    })
    // The client's id must be unique to this probe, as servers remember it.
    const run = randomInt(1, 2 ** 32 - 1)
    const random = createRandom(plan.seed)
    this.#context = { plan, run, worker: 0, endpoints: [endpoint], brokerUrl: null, access, random }
    const layout = new SubscriptionLayout(plan.clients.count, plan.channels, client, plan.clients.count)
    const channels = layout.channelsOf(0)
    const channel = channels[0] ?? 0
    const group = plan.channels[layout.groupOf[channel]!]
    const isEcho = group?.via === 'echo' || group?.via === 'members'
    this.#comesBack = group === undefined || group.via !== 'members' || group.echoes
    const subscriber = { id: `c${client}`, index: client }
    this.#subscriber = this.#connectionOf(subscriber, channels, isEcho ? channels : [])
    const publisher = isEcho ? client : (layout.firstPublisher[channel] ?? 0)
    const isPublishing = group !== undefined && group.via !== 'backend' && group.publishers > 0
    this.#publisher = isEcho ? this.#subscriber : isPublishing ? this.#publisherOf(publisher, channel) : null
    const sentMicros = Math.ceil(nowMicros())
    const tag = { run: PROBE_RUN, publisher, channel, sequence: 1, plannedMicros: sentMicros, sentMicros }
    this.#message = this.#publisher && tag
    const connections = [this.#subscriber, ...(this.#publisher ? [this.#publisher] : [])]
    this.#waiting = new Set(connections)
    this.#open = new Set(connections)
  }

  start(): void {
    for (const connection of [...this.#open]) connection.connect()
  }

  destroy(): void {
    clearTimeout(this.#timer)
    for (const connection of [...this.#open]) connection.destroy()
  }

  onOpen(connection: TargetConnection, head: ResponseHead): void {
    if (connection === this.#subscriber) this.#head = head
  }

  onReady(connection: TargetConnection): void {
    this.#waiting.delete(connection)
    if (connection === this.#subscriber) this.#learnNode(connection)
    if (this.#waiting.size === 0 && this.#result === null) this.#publish()
  }

  onMessage(connection: TargetConnection, { run, sentMicros }: Tag): void {
    const isOwn = run === PROBE_RUN && sentMicros === this.#message?.sentMicros
    if (isOwn && connection === this.#subscriber) this.#conclude(null)
  }

  /** Of echo traffic the ack can be the answer. */
  onAck(connection: TargetConnection): void {
    if (connection === this.#subscriber) this.#conclude(null)
  }

  onRefused(_connection: TargetConnection, _sequence: number, words: string): void {
    this.#conclude({ stage: 'publish', kind: 'rejected', words, head: null })
  }

  onEnd(connection: TargetConnection, { code, wasReady, refusal }: Ending, head: ResponseHead | null): void {
    this.#open.delete(connection)
    const stage = code === null ? 'connect' : wasReady ? this.#stageAfter(connection) : 'subscribe'
    this.#conclude({ stage, head, ...(refusal ?? { kind: `close-${code}`, words: '' }) })
    if (this.#open.size > 0) return
    this.#resolve({ ...this.#result!, head: this.#head, isUnnamed: this.#isUnnamed })
  }

  /** Nothing more is tried if it is not named. */
  #learnNode({ node }: TargetConnection): void {
    this.#isUnnamed = this.#context.plan.target?.node !== null && node === UNNAMED_NODE
    if (this.#isUnnamed) this.#conclude(null)
  }

  #stageAfter(connection: TargetConnection): 'publish' | 'subscribed' {
    return this.#isPublished && connection === this.#publisher ? 'publish' : 'subscribed'
  }

  #publish(): void {
    if (this.#publisher === null || this.#message === null) {
      this.#conclude(null)
      return
    }
    const { plan } = this.#context
    const { channel, sequence } = this.#message
    const groups = plan.channels
    const { sizeBytes } = groups.findLast(({ firstChannel }) => firstChannel <= channel)!
    this.#isPublished = true
    this.#timer = setTimeout(() => this.#conclude(null, this.#comesBack), RETURN_MS)
    this.#publisher.publish({
      channel: channelName(groups, channel),
      payload: encodePayload(this.#message, sizeBytes),
      sequence,
    })
  }

  /** The first result counts. Ends the connections, each of which then calls `onEnd`. */
  #conclude(refusal: ProbeRefusal | null, isUnanswered = false): void {
    if (this.#result !== null) return
    this.#result = { refusal, isUnanswered }
    clearTimeout(this.#timer)
    for (const connection of [...this.#open]) connection.close()
  }

  #publisherOf(index: number, channel: number): TargetConnection {
    const { clients } = this.#context.plan
    return this.#connectionOf({ id: `p${index}`, index: clients.count + index }, [], [channel])
  }

  #connectionOf(
    identity: { readonly id: string; readonly index: number },
    channels: readonly number[],
    publishes: readonly number[],
  ): TargetConnection {
    const nameOf = (channel: number) => channelName(this.#context.plan.channels, channel)
    return new TargetConnection(this.#context, {
      index: 0,
      identity,
      channels: channels.map(nameOf),
      publishes: publishes.map(nameOf),
      handlers: this,
    })
  }
}
