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
      readonly channel: number
      readonly publisher: number
      readonly sequence: number
      readonly intended: number
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
  readonly stream: number
  readonly sequence: number
  readonly intended: number
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
      lostBySecond: {},
      unexpected: 0,
      beforeDue: 0,
      ambiguous: 0,
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
      beforeDue: this.#beforeDue,
      firstCopies: total.delivered + total.replayed,
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

  /** The event that a break is laid on. */
  disconnectCause(epoch: OracleEpoch): CauseWindow | undefined {
    const { boundaryMicros, nodeNames } = this.history
    const name = nodeNames[epoch.node]!
    const fitting = this.history.causes.filter(
      (cause) => cause.startedMicros <= epoch.to + boundaryMicros && epoch.to <= cause.untilMicros,
    )
    return (
      latest(fitting.filter((cause) => cause.targets.includes(name))) ??
      latest(fitting.filter((cause) => cause.targets.length === 0))
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
      const { channel, publisher, sequence, intended, sent, isOnLeft } = happening
      const isSubscribed =
        this.#channelsOf(client).includes(channel) && this.#channelOf(publisher) === channel
      const epoch = isOnLeft ? left : isOpen ? open : undefined
      if (!epoch || !isSubscribed || sequence === 0) this.#unexpected += 1
      else
        this.#take({
          client,
          stream: publisher,
          sequence,
          intended,
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
    if (isUnpublished) this.#countNotDue(message, 'unpublished')
    else if (sent < this.#firstSub(client)) this.#countNotDue(message, 'neverSubscribed')
    else if (outcome !== outcomes.acked && !isReceived) this.#countNotDue(message, 'indeterminate')
    else this.#judgeDue(message, sequence)
  }

  #judgeDue(message: Message, sequence: number): void {
    const { client, stream, sent } = message
    this.#count(message, 'due')
    const copy = this.#firstCopy(client, stream, sequence)
    if (copy) {
      const isReplay = sent < copy.epoch.from - this.history.boundaryMicros
      this.#count(message, isReplay ? 'replayed' : 'delivered')
    } else this.#judgeMissing(message)
  }

  #countNotDue(message: Message, name: 'unpublished' | 'neverSubscribed' | 'indeterminate'): void {
    this.#count(message, name)
    this.#report.byCause[UNEXPLAINED]![name] += 1
  }

  /** Spans begin at the message that the ledger names. */
  #phaseOf({ spanStarts }: StreamLedger, sequence: number): string {
    return this.history.spans.findLast((_, span) => spanStarts[span]! < sequence)!.name
  }

  #judgeMissing(message: Message): void {
    const { client, sent } = message
    const { boundaryMicros, graceMicros, measureMicros } = this.history
    const own = this.epochs.filter((epoch) => epoch.client === client)
    const index = own.findLastIndex((epoch) => epoch.from <= sent)
    const epoch = own[index]!
    const edges = [epoch.from, epoch.to, own[index + 1]?.from ?? Number.POSITIVE_INFINITY]
    let lost: DeliveryClass = 'lostWhileOffline'
    if (edges.some((edge) => Math.abs(sent - edge) <= boundaryMicros)) lost = 'missingAtBoundary'
    else if (sent + graceMicros < epoch.to) lost = 'lostInFlight'
    else if (own[index + 1]?.recovered) lost = 'falseRecovery'
    else if (sent <= epoch.to) lost = 'lostOnDisconnect'
    this.#count(message, lost)

    const isOfFlight = lost === 'missingAtBoundary' || lost === 'lostInFlight'
    const cause = isOfFlight ? this.#flightCause(sent, epoch.node) : this.disconnectCause(epoch)
    this.#report.byCause[cause?.id ?? UNEXPLAINED]![lost] += 1
    if (!losses.some((name) => name === lost)) return
    const second = Math.floor((sent - measureMicros) / 1_000_000)
    this.#report.lostBySecond[second] = (this.#report.lostBySecond[second] ?? 0) + 1
  }

  #flightCause(sent: number, node: number): CauseWindow | undefined {
    const under = this.history.causes.filter(
      (cause) => cause.startedMicros <= sent + this.history.graceMicros && sent <= cause.untilMicros,
    )
    const name = this.history.nodeNames[node]!
    return (
      latest(under.filter((cause) => cause.targets.includes(name))) ??
      latest(under.filter((cause) => cause.targets.length === 0)) ??
      latest(under)
    )
  }

  /** Of a copy, as it comes: its phase is told by its intended time alone. */
  #countCopy(copy: Copy, name: DeliveryClass): void {
    const { spans, measureMicros } = this.history
    const begun = spans.findLast((each) => measureMicros + each.startMs * 1000 <= copy.intended)
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

  #isPublished(copy: Copy): boolean {
    const outcome = this.history.ledgers.find((each) => each.stream === copy.stream)?.outcome[
      copy.sequence - 1
    ]
    return outcome !== undefined && outcome !== outcomes.failed
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
    return [...Array(this.history.clients).keys()].filter((client) =>
      this.#channelsOf(client).includes(channel),
    )
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

/** The cause that started last; the later one of two that started together. */
function latest(causes: readonly CauseWindow[]): CauseWindow | undefined {
  return causes.reduce<CauseWindow | undefined>(
    (best, cause) => (best === undefined || cause.startedMicros >= best.startedMicros ? cause : best),
    undefined,
  )
}
