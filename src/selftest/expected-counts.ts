import type { PhasesPlan } from '../plan/plan.js'
import { type DeliveryCounts, emptyCounts } from '../results/delivery/types.js'
import type { DeliveryLog, Subscription } from './delivery-log.js'
import type { ExpectedResult } from './expected-result.js'
import type { Stream } from './stream.js'

interface Member {
  readonly log: DeliveryLog
}

/** All that the server logged in a run. */
interface ServerLogs {
  /** Streams by slot, and the logs of their subscribers. */
  readonly rooms: readonly { readonly members: readonly Member[]; readonly streams: readonly Stream[] }[]
  readonly nodes: readonly string[]
  readonly groups: readonly string[]
  readonly phases: PhasesPlan
  readonly measureMicros: number
  readonly opened: number
  readonly closeCodes: Record<string, number>
}

/** Classifies every message for every subscriber by the rules of docs/delivery.md. */
export function countExpected(logs: ServerLogs): ExpectedResult {
  const counter = new ExpectedCounter(logs)
  for (const { members, streams } of logs.rooms) {
    streams.forEach((stream, slot) => {
      counter.addStream(stream, slot, members)
    })
    for (const member of members) counter.addSubscriber(member)
  }
  return counter.result()
}

class ExpectedCounter {
  readonly #total = emptyCounts()
  readonly #byChannel: Record<string, DeliveryCounts>
  readonly #byPhase: Record<string, DeliveryCounts>
  readonly #byNode: Record<string, DeliveryCounts>
  readonly #published = { sent: 0, acked: 0, failed: 0, refused: 0, unacked: 0, unackedDelivered: 0 }
  readonly #reconnected = { same: 0, other: 0 }
  readonly #graceMicros: number
  #closestMicros = Number.POSITIVE_INFINITY
  #unexpected = 0
  #corrupted = 0
  #malformed = 0

  constructor(readonly logs: ServerLogs) {
    this.#byChannel = cells(logs.groups)
    this.#byPhase = cells(logs.phases.spans.map(({ name }) => name))
    this.#byNode = cells(logs.nodes)
    this.#graceMicros = logs.phases.graceMs * 1000
  }

  addStream(stream: Stream, slot: number, members: readonly Member[]): void {
    stream.sentMicros.forEach((sentMicros, position) => {
      const outcome = outcomeOf(stream, slot, position + 1, members)
      if (outcome !== 'failed') this.#published.sent += 1
      this.#published[outcome] += 1
      const plannedMicros = stream.plannedMicros[position]!
      const phase = this.#phaseAt(plannedMicros)
      const atMicros = outcome === 'failed' ? plannedMicros : sentMicros
      for (const { log } of members) {
        const where = [this.#total, this.#byChannel[stream.group]!, this.#byPhase[phase]!]
        this.#addDelivery({ log, slot, sequence: position + 1, atMicros, outcome, where })
      }
    })
  }

  addSubscriber({ log }: Member): void {
    this.#unexpected += log.unexpected
    this.#corrupted += log.corrupted
    this.#malformed += log.malformed
    log.subscriptions.forEach(({ node }, order) => {
      const before = log.subscriptions[order - 1]
      if (before) this.#reconnected[before.node === node ? 'same' : 'other'] += 1
    })
  }

  result(): ExpectedResult {
    const { same, other } = this.#reconnected
    const { opened, closeCodes } = this.logs
    return {
      total: this.#total,
      byChannel: this.#byChannel,
      byPhase: this.#byPhase,
      byNode: this.#byNode,
      unexpected: this.#unexpected,
      corrupted: this.#corrupted,
      malformed: this.#malformed,
      published: this.#published,
      connections: { opened, reconnects: same + other, closeCodes },
      affinity: { reconnectedSameNode: same, reconnectedOtherNode: other },
      closestMicros: this.#closestMicros,
    }
  }

  #addDelivery({ log, slot, sequence, atMicros, outcome, where }: Delivery): void {
    this.#noteDistances(log.subscriptions, atMicros)
    const at = log.subscriptions.findLastIndex(({ fromMicros }) => fromMicros <= atMicros)
    const during = log.subscriptions[at]
    if (!during) {
      const isUnpublished = plannedClass[outcome] === 'unpublished'
      for (const cell of where) {
        cell.planned += 1
        cell[isUnpublished ? 'unpublished' : 'neverSubscribed'] += 1
      }
      return
    }
    const first = log.firstIn(slot, sequence)
    const { same, later } = log.furtherCopies(slot, sequence)
    const isOvertaken = log.isOvertakenIn(at, slot, sequence)
    const name = first
      ? this.#arrivalOf(atMicros, log.firstMicros(slot, sequence), first)
      : this.#lossOf(atMicros, isOvertaken, during, log.subscriptions[at + 1])
    for (const cell of [...where, this.#byNode[during.node]!]) {
      cell.duplicateInEpoch += same
      cell.duplicateAcrossEpochs += later
      cell.planned += 1
      cell[plannedClass[outcome]] += 1
      if (plannedClass[outcome] !== 'due') continue
      cell[name] += 1
      if (name !== 'replayed') cell.reordered += log.isOutOfOrder(slot, sequence) ? 1 : 0
    }
  }

  #arrivalOf(sentMicros: number, firstMicros: number, { fromMicros }: Subscription): keyof DeliveryCounts {
    if (sentMicros < fromMicros) return 'replayed'
    const leftMicros = sentMicros + this.#graceMicros - firstMicros
    if (leftMicros < 0) return 'late'
    this.#closestMicros = Math.min(this.#closestMicros, leftMicros)
    return 'delivered'
  }

  #lossOf(
    sentMicros: number,
    isOvertaken: boolean,
    during: Subscription,
    next: Subscription | undefined,
  ): keyof DeliveryCounts {
    if (isOvertaken || sentMicros + this.#graceMicros < during.toMicros) return 'lostInFlight'
    if (next?.claimsRecovery) return 'falseRecovery'
    return sentMicros <= during.toMicros ? 'lostOnDisconnect' : 'lostWhileOffline'
  }

  #noteDistances(subscriptions: readonly Subscription[], sentMicros: number): void {
    for (const { fromMicros, toMicros } of subscriptions) {
      for (const boundaryMicros of [fromMicros, toMicros, toMicros - this.#graceMicros]) {
        if (sentMicros >= boundaryMicros)
          this.#closestMicros = Math.min(this.#closestMicros, sentMicros - boundaryMicros)
      }
    }
  }

  #phaseAt(sentMicros: number): string {
    const { phases, measureMicros } = this.logs
    const span = phases.spans.findLast(({ startMs }) => measureMicros + startMs * 1000 <= sentMicros)
    return (span ?? phases.spans[0]!).name
  }
}

interface Delivery {
  readonly log: DeliveryLog
  readonly slot: number
  readonly sequence: number
  /** When it was sent, or should have been. */
  readonly atMicros: number
  readonly outcome: Outcome
  /** The cells that it counts in, besides its node's. */
  readonly where: readonly DeliveryCounts[]
}

type Outcome = 'acked' | 'failed' | 'refused' | 'unacked' | 'unackedDelivered'

const plannedClass = {
  acked: 'due',
  unackedDelivered: 'due',
  failed: 'unpublished',
  refused: 'unpublished',
  unacked: 'indeterminate',
} as const satisfies Record<Outcome, keyof DeliveryCounts>

function outcomeOf(stream: Stream, slot: number, sequence: number, members: readonly Member[]): Outcome {
  if (!stream.wasPublished(sequence)) return 'failed'
  if (stream.isAcked[sequence - 1] === 1) return 'acked'
  if (members.some(({ log }) => log.wasSent(slot, sequence))) return 'unackedDelivered'
  return stream.receiptOf(sequence).ack === 'refused' ? 'refused' : 'unacked'
}

function cells(names: readonly string[]): Record<string, DeliveryCounts> {
  return Object.fromEntries(names.map((name) => [name, emptyCounts()]))
}
