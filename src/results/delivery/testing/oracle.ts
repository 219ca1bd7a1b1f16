import type { PoolRemoval } from '../../../cluster/cluster.js'
import type { ChannelGroupPlan, PhaseSpan } from '../../../plan/plan.js'
import {
  type CauseWindow,
  type DeliveryClass,
  type DeliveryCounts,
  type DeliveryReport,
  emptyCounts,
  losses,
  notDue,
  outcomes,
  type PublisherConnection,
  type StreamLedger,
  UNEXPLAINED,
} from '../types.js'

/** Test support: a whole run, as it happened. Clients and nodes are the plan's. */
export interface History {
  readonly clients: number
  readonly groups: readonly ChannelGroupPlan[]
  readonly spans: readonly PhaseSpan[]
  readonly measureMicros: number
  readonly graceMicros: number
  readonly boundaryMicros: number
  readonly nodeNames: readonly string[]
  readonly causes: readonly CauseWindow[]
  readonly poolRemovals: readonly PoolRemoval[]
  readonly ledgers: readonly StreamLedger[]
  /** In the order of their times. */
  readonly happenings: readonly Happening[]
}

/** handOver: on another connection, while the one it is leaving goes on until `endLeft`, or the end of both. */
export type Happening =
  | ({ readonly kind: 'begin' } & Begin)
  | ({ readonly kind: 'handOver' } & Begin)
  | { readonly kind: 'end'; readonly client: number; readonly at: number }
  | { readonly kind: 'endLeft'; readonly client: number; readonly at: number }
  | {
      readonly kind: 'copy'
      readonly client: number
      /** When it was received. */
      readonly at: number
      readonly channel: number
      readonly publisher: number
      readonly sequence: number
      readonly planned: number
      readonly sent: number
      /** It came on the connection that the client is leaving. */
      readonly isOnLeft: boolean
    }

interface Begin {
  readonly client: number
  readonly at: number
  readonly node: number
  readonly recovered: boolean
}

export interface OracleEpoch {
  readonly client: number
  readonly from: number
  to: number
  readonly node: number
  readonly recovered: boolean
}

interface Copy {
  readonly client: number
  readonly at: number
  readonly stream: number
  readonly sequence: number
  readonly planned: number
  readonly sent: number
  readonly epoch: OracleEpoch
  /** Copies of one connection have an order; null: there were two, so that order and duplicates tell nothing. */
  readonly stretch: OracleEpoch | null
}

interface Message {
  readonly client: number
  readonly stream: number
  readonly sent: number
  readonly phase: string
}

/**
 * Test support: docs/delivery.md taken literally. Keeps every epoch and every copy, and asks of each (message, subscriber)
 * pair by searching them all. Shares no code with what it checks but the names of the classes.
 */
export class Oracle {
  readonly epochs: OracleEpoch[] = []
  readonly copies: Copy[] = []
  readonly #report: DeliveryReport
  readonly #left = new Map<number, OracleEpoch>()
  #unexpected = 0
  #beforeDue = 0

  constructor(readonly history: History) {
    const cells = (names: readonly string[]): Record<string, DeliveryCounts> =>
      Object.fromEntries(names.map((name) => [name, emptyCounts()]))
    this.#report = {
      total: emptyCounts(),
      byCause: cells([...history.causes.map((cause) => cause.id), UNEXPLAINED]),
      byPhase: cells(history.spans.map((span) => span.name)),
      byChannel: cells(history.groups.map((group) => group.name)),
      byNode: cells(history.nodeNames),
      lastDeliveredMicros: Number.NEGATIVE_INFINITY,
      unexplainedDuring: Object.fromEntries(history.causes.map(({ id }) => [id, 0])),
      lostBySecond: {},
      unexpected: 0,
      corrupted: 0,
      malformed: 0,
      beforeDue: 0,
      ambiguous: 0,
      clientsNeverSubscribed: 0,
      firstCopies: 0,
    }
    for (const happening of history.happenings) this.#replay(happening)
  }

  report(): DeliveryReport {
    for (const ledger of this.history.ledgers) {
      for (let sequence = 1; sequence <= ledger.sentMicros.length; sequence += 1) {
        for (const client of this.#subscribersOf(ledger.stream)) this.#judge(ledger, sequence, client)
      }
    }
    const { total } = this.#report
    return {
      ...this.#report,
      unexpected:
        this.#unexpected +
        this.copies.filter((copy) => this.#isFirst(copy) && !this.#isPublished(copy)).length,
      lastDeliveredMicros: this.#lastDelivered(),
      beforeDue: this.#beforeDue,
      clientsNeverSubscribed: this.#clientsNeverSubscribed(),
      firstCopies: total.delivered + total.late + total.replayed,
    }
  }

  /** Sequences of the stream's unacked and refused messages that somebody received. */
  unackedDelivered(stream: number): number[] {
    return this.#sequencesWhere(stream, [outcomes.unacked, outcomes.refused]).filter((sequence) =>
      this.copies.some((copy) => copy.stream === stream && copy.sequence === sequence),
    )
  }

  /** Missing acked messages of the clients that `isMine` picks, sent + D > now. */
  pending(now: number): number {
    let missing = 0
    for (const { stream, sentMicros } of this.history.ledgers) {
      for (const sequence of this.#sequencesWhere(stream, [outcomes.acked])) {
        const sent = sentMicros[sequence - 1]!
        for (const client of this.#subscribersOf(stream)) {
          const isDue = sent >= this.#firstSub(client) && sent + this.history.graceMicros > now
          if (isDue && !this.#firstCopy(client, stream, sequence)) missing += 1
        }
      }
    }
    return missing
  }

  /** The event that a disconnect is attributed to. */
  disconnectCause(epoch: OracleEpoch): CauseWindow | undefined {
    return this.#endCause(epoch.to, this.history.nodeNames[epoch.node]!)
  }

  /** Of a connection that ended; `node` null: to the broker. */
  #endCause(end: number, node: string | null): CauseWindow | undefined {
    const { boundaryMicros, causes } = this.history
    return latestNamed(
      causes.filter((cause) => (node === null ? canLose(cause) : cause.explains.disconnects)),
      [node],
      ({ startedMicros, untilMicros }) => startedMicros <= end + boundaryMicros && end <= untilMicros,
    )
  }

  #replay(happening: Happening): void {
    const { client } = happening
    const open = this.epochs.findLast((epoch) => epoch.client === client)
    const isOpen = open?.to === Number.POSITIVE_INFINITY
    const left = this.#left.get(client)
    if (happening.kind === 'begin' || happening.kind === 'handOver') {
      const { at, node, recovered } = happening
      this.epochs.push({ client, from: at, to: Number.POSITIVE_INFINITY, node, recovered })
      if (happening.kind === 'handOver' && isOpen) this.#left.set(client, open)
    } else if (happening.kind === 'end' || happening.kind === 'endLeft') {
      if (left) left.to = happening.at
      this.#left.delete(client)
      if (happening.kind === 'end' && isOpen) open.to = happening.at
    } else {
      const { at, channel, publisher, sequence, planned, sent, isOnLeft } = happening
      const isSubscribed =
        this.#channelOf(publisher) === channel &&
        this.#channelsOf(client).includes(channel) &&
        client !== this.#deafTo(publisher)
      const epoch = isOnLeft ? left : isOpen ? open : undefined
      if (!epoch || !isSubscribed || sequence === 0) this.#unexpected += 1
      else
        this.#take({
          client,
          at,
          stream: publisher,
          sequence,
          planned,
          sent,
          epoch,
          stretch: left ? null : epoch,
        })
    }
  }

  /** What a copy is, told from those before it. Order and duplicates are judged of every copy, published or not. */
  #take(copy: Copy): void {
    const before = this.copies.filter((other) => other.client === copy.client && other.stream === copy.stream)
    const first = before.find((other) => other.sequence === copy.sequence)
    const isAlike = (other: Copy) => copy.stretch !== null && other.stretch === copy.stretch
    const firstsOfStretch = before.filter((other) => isAlike(other) && this.#isFirst(other))
    const isReplay = copy.sent < copy.epoch.from - this.history.boundaryMicros
    this.copies.push(copy)
    if (first) this.#countCopy(copy, isAlike(first) ? 'duplicateInEpoch' : 'duplicateAcrossEpochs')
    else if (copy.sent < this.#firstSub(copy.client)) this.#beforeDue += 1
    else if (!isReplay && firstsOfStretch.some((other) => other.sequence > copy.sequence))
      this.#countCopy(copy, 'reordered')
  }

  #judge(ledger: StreamLedger, sequence: number, client: number): void {
    const { stream } = ledger
    const sent = ledger.sentMicros[sequence - 1]!
    const outcome = ledger.outcome[sequence - 1]!
    const message = { client, stream, sent, phase: this.#phaseOf(ledger, sequence) }
    this.#count(message, 'planned')
    const isReceived = this.unackedDelivered(stream).includes(sequence)
    const isUnpublished = outcome === outcomes.failed || (outcome === outcomes.refused && !isReceived)
    if (isUnpublished) {
      const cause =
        outcome === outcomes.failed ? this.#failedCause(ledger, sent) : this.#publisherCause(ledger, sent)
      this.#countNotDue(message, 'unpublished', cause)
    } else if (sent < this.#firstSub(client)) this.#countNotDue(message, 'neverSubscribed', undefined)
    else if (outcome !== outcomes.acked && !isReceived)
      this.#countNotDue(message, 'indeterminate', this.#indeterminateCause(ledger, sent))
    else this.#judgeDue(ledger, message, sequence)
  }

  /** What ended the publisher's last connection; nothing where it has one. */
  #failedCause(ledger: StreamLedger, sent: number): CauseWindow | undefined {
    const last = connectionAt(ledger, sent)
    return last && last.untilMicros <= sent ? this.#endCause(last.untilMicros, last.node) : undefined
  }

  /** What was under way at the publisher's node, or at the broker. */
  #publisherCause(ledger: StreamLedger, sent: number): CauseWindow | undefined {
    const last = connectionAt(ledger, sent)
    return this.#flightCause(sent, Number.POSITIVE_INFINITY, last ? [last.node] : [])
  }

  #indeterminateCause(ledger: StreamLedger, sent: number): CauseWindow | undefined {
    const last = connectionAt(ledger, sent)
    const endsInTime = last && last.untilMicros >= sent && last.untilMicros <= sent + this.history.graceMicros
    const ofEnd = endsInTime ? this.#endCause(last.untilMicros, last.node) : undefined
    return ofEnd ?? this.#publisherCause(ledger, sent)
  }

  #judgeDue(ledger: StreamLedger, message: Message, sequence: number): void {
    const { client, stream, sent } = message
    this.#count(message, 'due')
    const copy = this.#firstCopy(client, stream, sequence)
    if (copy) {
      const isReplay = sent < copy.epoch.from - this.history.boundaryMicros
      const isLate = copy.at > sent + this.history.graceMicros
      this.#count(message, isReplay ? 'replayed' : isLate ? 'late' : 'delivered')
    } else this.#judgeMissing(ledger, message, sequence)
  }

  #countNotDue(
    message: Message,
    name: 'unpublished' | 'neverSubscribed' | 'indeterminate',
    cause: CauseWindow | undefined,
  ): void {
    this.#count(message, name)
    this.#report.byCause[cause?.id ?? UNEXPLAINED]![name] += 1
  }

  /** Spans begin at the message that the ledger names. */
  #phaseOf({ spanStarts }: StreamLedger, sequence: number): string {
    return this.history.spans.findLast((_, span) => spanStarts[span]! < sequence)!.name
  }

  #judgeMissing(ledger: StreamLedger, message: Message, sequence: number): void {
    const { client, sent, stream } = message
    const opened = this.#openedAt(client, stream, sequence)
    const { boundaryMicros, graceMicros, measureMicros } = this.history
    const own = this.epochs.filter((epoch) => epoch.client === client)
    const index = own.findLastIndex((epoch) => epoch.from <= sent)
    const epoch = own[index]!
    const edges = [epoch.from, epoch.to, own[index + 1]?.from ?? Number.POSITIVE_INFINITY]
    let lost: DeliveryClass = 'lostWhileOffline'
    if (edges.some((edge) => Math.abs(sent - edge) <= boundaryMicros)) lost = 'missingAtBoundary'
    else if (sent + graceMicros < epoch.to || opened <= epoch.to) lost = 'lostInFlight'
    else if (own[index + 1]?.recovered) lost = 'falseRecovery'
    else if (sent <= epoch.to) lost = 'lostOnDisconnect'
    this.#count(message, lost)

    const isAtSub = lost === 'missingAtBoundary' && sent - epoch.from <= boundaryMicros
    const ended = isAtSub ? own[index - 1] : epoch
    const isAcked = ledger.outcome[sequence - 1] === outcomes.acked
    const publisher = isAcked ? undefined : connectionAt(ledger, sent)
    const nodes = [this.history.nodeNames[epoch.node]!, ...(publisher ? [publisher.node] : [])]
    const ofEnd = ended && this.disconnectCause(ended)
    const cause = lost === 'lostInFlight' ? this.#flightCause(sent, opened, nodes) : ofEnd
    this.#report.byCause[cause?.id ?? UNEXPLAINED]![lost] += 1
    if (!losses.some((name) => name === lost)) return
    for (const { id, startedMicros, untilMicros } of cause ? [] : this.history.causes) {
      if (startedMicros <= sent && sent <= untilMicros) this.#report.unexplainedDuring[id]! += 1
    }
    const second = Math.floor((sent - measureMicros) / 1_000_000)
    this.#report.lostBySecond[second] = (this.#report.lostBySecond[second] ?? 0) + 1
  }

  /** Of a message that passed these nodes; a later one of its stream came at `opened`. */
  #flightCause(sent: number, opened: number, nodes: readonly (string | null)[]): CauseWindow | undefined {
    const { causes, graceMicros } = this.history
    return latestNamed(
      causes.filter(canLose),
      [...nodes, null],
      ({ startedMicros, untilMicros }) =>
        startedMicros <= Math.min(opened, sent + graceMicros) && sent <= untilMicros,
    )
  }

  /** When the first copy of a later message came; Infinity: none did, or there were two connections then. */
  #openedAt(client: number, stream: number, sequence: number): number {
    const overtaker = this.copies.find(
      (copy) => copy.client === client && copy.stream === stream && copy.sequence > sequence,
    )
    return overtaker?.stretch ? overtaker.at : Number.POSITIVE_INFINITY
  }

  /** Of a copy, as it comes: its phase is told by its planned send time alone. */
  #countCopy(copy: Copy, name: DeliveryClass): void {
    const { spans, measureMicros } = this.history
    const begun = spans.findLast((each) => measureMicros + each.startMs * 1000 <= copy.planned)
    this.#count({ ...copy, phase: (begun ?? spans[0]!).name }, name)
  }

  #count(message: Message, name: DeliveryClass): void {
    const { groups, nodeNames } = this.history
    const own = this.epochs.filter((epoch) => epoch.client === message.client)
    const isOfNoNode = isPlannedOnly(name) && message.sent < this.#firstSub(message.client)
    const epoch = own.findLast((each) => each.from <= message.sent) ?? own[0]
    const channel = this.#channelOf(message.stream)
    const group = groups.find(
      (each) => channel >= each.firstChannel && channel < each.firstChannel + each.count,
    )!
    this.#report.total[name] += 1
    this.#report.byPhase[message.phase]![name] += 1
    this.#report.byChannel[group.name]![name] += 1
    if (epoch && !isOfNoNode) this.#report.byNode[nodeNames[epoch.node]!]![name] += 1
  }

  #firstCopy(client: number, stream: number, sequence: number): Copy | undefined {
    return this.copies.find(
      (copy) => copy.client === client && copy.stream === stream && copy.sequence === sequence,
    )
  }

  #isFirst(copy: Copy): boolean {
    return this.#firstCopy(copy.client, copy.stream, copy.sequence) === copy
  }

  /** Send time of the latest published message that is not after the highest sequence that a subscriber got of its stream. */
  #lastDelivered(): number {
    const times = this.copies.map(({ stream, sequence }) => {
      const sentMicros = this.history.ledgers.find((each) => each.stream === stream)!.sentMicros
      return sentMicros[Math.min(sequence, sentMicros.length) - 1] ?? Number.NEGATIVE_INFINITY
    })
    return Math.max(Number.NEGATIVE_INFINITY, ...times)
  }

  #isPublished(copy: Copy): boolean {
    const outcome = this.history.ledgers.find((each) => each.stream === copy.stream)?.outcome[
      copy.sequence - 1
    ]
    return outcome !== undefined && outcome !== outcomes.failed
  }

  /** Of those with a channel that somebody publishes to. */
  #clientsNeverSubscribed(): number {
    const streams = this.history.groups.flatMap(({ firstPublisher, count, publishers }) =>
      Array.from({ length: count * publishers }, (_, order) => firstPublisher + order),
    )
    const members = new Set(streams.flatMap((stream) => this.#subscribersOf(stream)))
    return [...members].filter((client) => this.#firstSub(client) === Number.POSITIVE_INFINITY).length
  }

  #firstSub(client: number): number {
    return this.epochs.find((epoch) => epoch.client === client)?.from ?? Number.POSITIVE_INFINITY
  }

  #sequencesWhere(stream: number, sought: readonly number[]): number[] {
    const ledger = this.history.ledgers.find((each) => each.stream === stream)
    return [...(ledger?.outcome ?? [])].flatMap((each, position) =>
      sought.includes(each) ? [position + 1] : [],
    )
  }

  #subscribersOf(stream: number): number[] {
    const channel = this.#channelOf(stream)
    return [...Array(this.history.clients).keys()].filter(
      (client) => this.#channelsOf(client).includes(channel) && client !== this.#deafTo(stream),
    )
  }

  /** The client that publishes the stream and is not to get its own messages; −1: none. */
  #deafTo(stream: number): number {
    const group = this.history.groups.findLast(({ firstPublisher }) => firstPublisher <= stream)
    if (group?.via !== 'members' || group.echoes) return -1
    return (stream - group.firstPublisher) % this.history.clients
  }

  /** Membership k is client k mod clients, in channel floor(k / members) of the group. */
  #channelsOf(client: number): number[] {
    const channels: number[] = []
    for (const { firstChannel, count, members } of this.history.groups) {
      for (let k = 0; k < count * members; k += 1) {
        if (k % this.history.clients === client) channels.push(firstChannel + Math.floor(k / members))
      }
    }
    return channels
  }

  /** The channel that the publisher writes to; −1 where there is no such publisher. */
  #channelOf(publisher: number): number {
    for (const { firstChannel, count, firstPublisher, publishers } of this.history.groups) {
      for (let order = 0; order < count * publishers; order += 1) {
        if (firstPublisher + order === publisher) return firstChannel + Math.floor(order / publishers)
      }
    }
    return -1
  }
}

function isPlannedOnly(name: DeliveryClass): boolean {
  return name === 'planned' || notDue.some((other) => other === name)
}

/** Whether messages can be lost in flight by it. */
function canLose({ explains: { lossesInFlight }, turns }: CauseWindow): boolean {
  return lossesInFlight === 'any' || (lossesInFlight === 'of its nodes' && turns.length > 0)
}

/** The latest of those that acted on one of the nodes at a fitting time; else of those that acted on none in particular. */
function latestNamed(
  causes: readonly CauseWindow[],
  nodes: readonly (string | null)[],
  fits: (time: { readonly startedMicros: number; readonly untilMicros: number }) => boolean,
): CauseWindow | undefined {
  const named = causes.filter(({ turns }) =>
    turns.some((turn) => nodes.includes(turn.node === 'broker' ? null : turn.node) && fits(turn)),
  )
  return latest(named) ?? latest(causes.filter((cause) => cause.turns.length === 0 && fits(cause)))
}

function connectionAt({ connections }: StreamLedger, micros: number): PublisherConnection | undefined {
  return connections.findLast(({ fromMicros }) => fromMicros <= micros)
}

/** The cause that started last; the later one of two that started together. */
function latest(causes: readonly CauseWindow[]): CauseWindow | undefined {
  return causes.reduce<CauseWindow | undefined>(
    (best, cause) => (best === undefined || cause.startedMicros >= best.startedMicros ? cause : best),
    undefined,
  )
}
