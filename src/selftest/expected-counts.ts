import type { PhasesPlan } from '../plan/plan.js'
import type { DeliveryLog, Subscription } from './delivery-log.js'
import { type Counts, type ExpectedResult, noCounts } from './expected-result.js'
import { Margin } from './margin.js'
import type { Stream } from './stream.js'

interface Member {
  readonly book: DeliveryLog
}

interface DeliveryLogs {
  /** Streams and the books of those who hear them, by slot. */
  readonly rooms: readonly { readonly members: readonly Member[]; readonly streams: readonly Stream[] }[]
  readonly nodes: readonly string[]
  readonly groups: readonly string[]
  readonly phases: PhasesPlan
  readonly measureMicros: number
  readonly opened: number
  readonly closeCodes: Record<string, number>
}

/** Goes through every message of every subscriber and says what became of it, in the words of DELIVERY.md. */
export function countExpected(books: DeliveryLogs): ExpectedResult {
  const sums = new Sums(books)
  for (const { members, streams } of books.rooms) {
    streams.forEach((stream, slot) => {
      sums.addStream(stream, slot, members)
    })
    for (const member of members) sums.addSubscriber(member)
  }
  return sums.truth()
}

class Sums {
  readonly #total = noCounts()
  readonly #byChannel: Record<string, Counts>
  readonly #byPhase: Record<string, Counts>
  readonly #byNode: Record<string, Counts>
  readonly #published = { sent: 0, acked: 0, failed: 0, refused: 0, unacked: 0, unackedDelivered: 0 }
  readonly #returned = { same: 0, other: 0 }
  readonly #margin: Margin
  #unexpected = 0

  constructor(readonly books: DeliveryLogs) {
    this.#byChannel = cells(books.groups)
    this.#byPhase = cells(books.phases.spans.map(({ name }) => name))
    this.#byNode = cells(books.nodes)
    this.#margin = new Margin(books.phases.graceMs * 1000)
  }

  addStream(stream: Stream, slot: number, members: readonly Member[]): void {
    stream.sentMicros.forEach((sentMicros, position) => {
      const outcome = outcomeOf(stream, slot, position + 1, members)
      if (outcome !== 'failed') this.#published.sent += 1
      this.#published[outcome] += 1
      const intendedMicros = stream.intendedMicros[position]!
      const phase = this.#phaseAt(intendedMicros)
      const atMicros = outcome === 'failed' ? intendedMicros : sentMicros
      for (const member of members) {
        const where = [this.#total, this.#byChannel[stream.group]!, this.#byPhase[phase]!]
        this.#addMessage({ member, slot, sequence: position + 1, atMicros, outcome, where })
      }
    })
  }

  addSubscriber({ book }: Member): void {
    this.#unexpected += book.strays
    book.subscriptions.forEach(({ node }, order) => {
      const before = book.subscriptions[order - 1]
      if (before) this.#returned[before.node === node ? 'same' : 'other'] += 1
    })
  }

  truth(): ExpectedResult {
    const { same, other } = this.#returned
    return {
      total: this.#total,
      byChannel: this.#byChannel,
      byPhase: this.#byPhase,
      byNode: this.#byNode,
      unexpected: this.#unexpected,
      published: this.#published,
      connections: {
        opened: this.books.opened,
        reconnects: same + other,
        closeCodes: this.books.closeCodes,
      },
      affinity: { reconnectedSameNode: same, reconnectedOtherNode: other },
      closestMicros: this.#margin.closestMicros,
    }
  }

  #addMessage({ member, slot, sequence, atMicros, outcome, where }: Delivery): void {
    const { book } = member
    this.#margin.look(book.subscriptions, atMicros)
    const at = book.subscriptions.findLastIndex(({ fromMicros }) => fromMicros <= atMicros)
    const during = book.subscriptions[at]
    if (!during) throw new Error('every subscriber is subscribed before traffic begins')
    const first = book.firstIn(slot, sequence)
    const { same, later } = book.furtherCopies(slot, sequence)
    for (const cell of [...where, this.#byNode[during.node]!]) {
      cell.duplicateInEpoch += same
      cell.duplicateAcrossEpochs += later
      cell.planned += 1
      cell[plannedClass[outcome]] += 1
      if (plannedClass[outcome] !== 'due') continue
      const isOvertaken = book.isOvertakenIn(at, slot, sequence)
      if (!first) cell[this.#lossOf(atMicros, isOvertaken, during, book.subscriptions[at + 1])] += 1
      else if (atMicros < first.fromMicros) cell.replayed += 1
      else {
        cell.delivered += 1
        cell.reordered += book.isOutOfOrder(slot, sequence) ? 1 : 0
      }
    }
  }

  #lossOf(
    sentMicros: number,
    isOvertaken: boolean,
    during: Subscription,
    next: Subscription | undefined,
  ): keyof Counts {
    const hadTime = sentMicros + this.books.phases.graceMs * 1000 < during.toMicros
    if (hadTime || isOvertaken) return 'lostInFlight'
    if (next?.claimsRecovery) return 'falseRecovery'
    return sentMicros <= during.toMicros ? 'lostOnDisconnect' : 'lostWhileOffline'
  }

  #phaseAt(sentMicros: number): string {
    const { phases, measureMicros } = this.books
    const span = phases.spans.findLast(({ startMs }) => measureMicros + startMs * 1000 <= sentMicros)
    return (span ?? phases.spans[0]!).name
  }
}

interface Delivery {
  readonly member: Member
  readonly slot: number
  readonly sequence: number
  /** When it was sent, or should have been. */
  readonly atMicros: number
  readonly outcome: Outcome
  /** What it counts in, besides its node. */
  readonly where: readonly Counts[]
}

type Outcome = 'acked' | 'failed' | 'refused' | 'unacked' | 'unackedDelivered'

const plannedClass = {
  acked: 'due',
  unackedDelivered: 'due',
  failed: 'unpublished',
  refused: 'unpublished',
  unacked: 'indeterminate',
} as const satisfies Record<Outcome, keyof Counts>

function outcomeOf(stream: Stream, slot: number, sequence: number, members: readonly Member[]): Outcome {
  if (!stream.wasSent(sequence)) return 'failed'
  if (stream.isAcked[sequence - 1] === 1) return 'acked'
  if (members.some(({ book }) => book.has(slot, sequence))) return 'unackedDelivered'
  return stream.receiptOf(sequence).ack === 'refused' ? 'refused' : 'unacked'
}

function cells(names: readonly string[]): Record<string, Counts> {
  return Object.fromEntries(names.map((name) => [name, noCounts()]))
}
