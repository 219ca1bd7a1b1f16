import { type Causes, NO_CAUSE } from './causes.js'
import type { LedgerIndex } from './ledger-index.js'
import { outcomes, type PublisherConnection } from './types.js'

/** Of one stream: how many messages were unpublished, and how many were indeterminate, by cause. */
interface NotDue {
  readonly unpublished: ReadonlyMap<number, number>
  /** From a position on. */
  indeterminateFrom(position: number): ReadonlyMap<number, number>
}

/** Finds what kept messages from being published or confirmed, by the connection that their publisher had. */
export class PublisherCauses {
  readonly #notDue: (NotDue | undefined)[] = []

  constructor(
    readonly ledgers: LedgerIndex,
    readonly causes: Causes,
  ) {}

  notDue(stream: number): NotDue {
    this.#notDue[stream] ??= this.#find(stream)
    return this.#notDue[stream]
  }

  /** The node of the connection that a message went out on; none: of a publisher that never had one. */
  nodesAt(stream: number, sentMicros: number): number[] {
    const connection = this.#connectionAt(stream, sentMicros)
    return connection === undefined ? [] : [this.causes.nodeOf(connection.node)]
  }

  #find(stream: number): NotDue {
    const unpublished = new Map<number, number>()
    const indeterminate: { position: number; cause: number }[] = []
    const sentMicros = this.ledgers.sentMicros(stream)
    this.ledgers.outcome(stream).forEach((outcome, position) => {
      if (this.ledgers.dueIn(stream, position, position + 1) === 1) return
      const sent = sentMicros[position]!
      if (outcome === outcomes.unacked) {
        indeterminate.push({ position, cause: this.#ofIndeterminate(stream, sent) })
      } else {
        const cause =
          outcome === outcomes.failed ? this.#ofFailed(stream, sent) : this.#ofFlight(stream, sent)
        countOne(unpublished, cause)
      }
    })
    const from = (first: number) => {
      const counts = new Map<number, number>()
      for (const { position, cause } of indeterminate) if (position >= first) countOne(counts, cause)
      return counts
    }
    const all = from(0)
    return { unpublished, indeterminateFrom: (position) => (position === 0 ? all : from(position)) }
  }

  /** What ended the publisher's last connection. */
  #ofFailed(stream: number, sentMicros: number): number {
    const connection = this.#connectionAt(stream, sentMicros)
    return connection !== undefined && connection.untilMicros <= sentMicros
      ? this.#ofEnd(connection)
      : NO_CAUSE
  }

  /** What ended its connection before an ack was due, or was under way meanwhile. */
  #ofIndeterminate(stream: number, sentMicros: number): number {
    const connection = this.#connectionAt(stream, sentMicros)
    const endsSoon =
      connection !== undefined &&
      sentMicros <= connection.untilMicros &&
      connection.untilMicros <= sentMicros + this.causes.rule.graceMicros
    const cause = endsSoon ? this.#ofEnd(connection) : NO_CAUSE
    return cause === NO_CAUSE ? this.#ofFlight(stream, sentMicros) : cause
  }

  #ofFlight(stream: number, sentMicros: number): number {
    return this.causes.ofFlight(sentMicros, Number.POSITIVE_INFINITY, this.nodesAt(stream, sentMicros))
  }

  #ofEnd({ node, untilMicros }: PublisherConnection): number {
    return this.causes.ofDisconnect(untilMicros, this.causes.nodeOf(node))
  }

  /** The last that had begun. */
  #connectionAt(stream: number, micros: number): PublisherConnection | undefined {
    return this.ledgers.connections(stream).findLast(({ fromMicros }) => fromMicros <= micros)
  }
}

function countOne(counts: Map<number, number>, cause: number): void {
  counts.set(cause, (counts.get(cause) ?? 0) + 1)
}
