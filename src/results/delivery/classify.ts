import { Causes, NO_CAUSE } from './causes.js'
import { type CellTable, classIndex, NO_NODE } from './cell-table.js'
import { LedgerIndex } from './ledger-index.js'
import { LossJudge } from './loss-judge.js'
import { LossSeconds } from './loss-seconds.js'
import { PhaseTable } from './phase-table.js'
import { PublisherCauses } from './publisher-causes.js'
import type { DeliveryTracker } from './tracker.js'
import {
  type CauseWindow,
  type DeliveryCounts,
  type DeliveryReport,
  emptyCounts,
  type StreamLedger,
  UNEXPLAINED,
  type UnackedDelivered,
} from './types.js'
import { unexpectedFirstCopies } from './unexpected-copies.js'

const NEVER = Number.POSITIVE_INFINITY

export interface Judgement {
  /** Final: of all workers, each stream once. */
  readonly ledgers: readonly StreamLedger[]
  /** Of all workers together. */
  readonly unackedDelivered: readonly UnackedDelivered[]
  readonly causes: readonly CauseWindow[]
  readonly measureMicros: number
  /** By the indexes that `beginEpoch` was given; all of them. */
  readonly nodeNames: readonly string[]
  /** By the order of the layout's groups. */
  readonly groupNames: readonly string[]
}

/**
 * Puts every planned message of every subscriber into exactly one class. Cost: a few steps per pair and per range of
 * missing messages, not per message.
 */
export function classify(tracker: DeliveryTracker, judgement: Judgement): DeliveryReport {
  return new Classification(tracker, judgement).report()
}

class Classification {
  readonly #ledgers: LedgerIndex
  readonly #phases: PhaseTable
  readonly #causes: Causes
  readonly #judge: LossJudge
  readonly #publishers: PublisherCauses
  readonly #seconds: LossSeconds
  readonly #cells: CellTable
  readonly #byCause: Record<string, DeliveryCounts>
  readonly #unexplainedDuring: Record<string, number>
  #lastDeliveredMicros = Number.NEGATIVE_INFINITY
  #entered = -1
  #ambiguous = 0
  #unpublished = 0
  #notDue = 0
  readonly #neverSubscribed = new Set<number>()

  constructor(
    readonly tracker: DeliveryTracker,
    readonly judgement: Judgement,
  ) {
    const { causes, nodeNames } = judgement
    const { streams } = tracker.layout
    this.#ledgers = new LedgerIndex(judgement.ledgers, streams, judgement.unackedDelivered)
    this.#phases = new PhaseTable(tracker.spans)
    this.#causes = new Causes(causes, nodeNames, tracker)
    this.#judge = new LossJudge(tracker.epochs, this.#causes)
    this.#publishers = new PublisherCauses(this.#ledgers, this.#causes)
    this.#seconds = new LossSeconds(this.#ledgers)
    this.#cells = tracker.cells.clone()
    this.#byCause = Object.fromEntries(
      [...causes.map(({ id }) => id), UNEXPLAINED].map((id) => [id, emptyCounts()]),
    )
    this.#unexplainedDuring = Object.fromEntries(causes.map(({ id }) => [id, 0]))
  }

  report(): DeliveryReport {
    const { tracker, judgement } = this
    tracker.layout.eachPair((pair, client, stream, channel) => {
      this.#judgePair(pair, client, stream, tracker.layout.groupOf[channel]!)
    })
    this.#cells.deriveDelivered()
    return {
      total: this.#cells.total(),
      byCause: this.#byCause,
      byPhase: this.#cells.byPhase(this.#phases.names),
      byChannel: this.#cells.byGroup(judgement.groupNames),
      byNode: this.#cells.byNode(judgement.nodeNames),
      unexplainedDuring: this.#unexplainedDuring,
      lostBySecond: this.#seconds.since(judgement.measureMicros),
      lastDeliveredMicros: this.#lastDeliveredMicros,
      unexpected: tracker.unexpectedCopies + this.#unpublished,
      corrupted: tracker.corruptedCopies,
      malformed: tracker.malformedMessages,
      beforeDue: tracker.beforeDue,
      ambiguous: this.#ambiguous,
      clientsNeverSubscribed: this.#neverSubscribed.size,
      firstCopies: tracker.firstCopies + tracker.beforeDue - this.#unpublished - this.#notDue,
    }
  }

  #judgePair(pair: number, client: number, stream: number, group: number): void {
    const { epochs, gaps, next } = this.tracker
    const length = this.#ledgers.length(stream)
    const dueFrom = this.#ledgers.firstAt(stream, epochs.firstSubMicros(client))
    this.#countNotDue(stream, group, NO_NODE, 0, dueFrom, 'neverSubscribed')
    this.#explainNotDue(stream, dueFrom)
    if (epochs.latestOf(client) < 0) {
      this.#neverSubscribed.add(client)
      return
    }
    this.#countDue(client, stream, group, dueFrom)
    const strays = unexpectedFirstCopies(this.tracker, this.#ledgers, pair, stream, dueFrom)
    this.#unpublished += strays.unpublished
    this.#notDue += strays.beforeDue

    const last = this.#ledgers.sentMicros(stream)[Math.min(next[pair]! - 1, length) - 1]
    if (last !== undefined) this.#lastDeliveredMicros = Math.max(this.#lastDeliveredMicros, last)
    this.#judgeMissing(client, stream, group, Math.max(dueFrom, next[pair]! - 1), length, NEVER)
    for (let gap = gaps.latestMissing(pair); gap >= 0; gap = gaps.earlierMissing(gap)) {
      const from = Math.max(dueFrom, gaps.low(gap) - 1)
      const to = Math.min(length, gaps.high(gap))
      if (gaps.isAmbiguous(gap)) this.#ambiguous += from < to ? this.#ledgers.dueIn(stream, from, to) : 0
      else this.#judgeMissing(client, stream, group, from, to, gaps.openedMicros(gap))
    }
  }

  /** Messages by the node of the epoch that covers their send time. */
  #countDue(client: number, stream: number, group: number, dueFrom: number): void {
    const { epochs } = this.tracker
    let end = this.#ledgers.length(stream)
    for (let epoch = epochs.latestOf(client); epoch >= 0 && end > dueFrom; epoch = epochs.previous(epoch)) {
      const start = this.#ledgers.firstAt(stream, epochs.subMicros(epoch), dueFrom)
      this.#countNotDue(stream, group, epochs.node(epoch), start, end, 'indeterminate')
      end = Math.min(end, start)
    }
  }

  /** Of the messages at [start, end) that were published, those that are not due are `otherwise`. */
  #countNotDue(
    stream: number,
    group: number,
    node: number,
    start: number,
    end: number,
    otherwise: 'neverSubscribed' | 'indeterminate',
  ): void {
    this.#eachPhase(stream, start, end, (phase, from, to) => {
      const unpublished = this.#ledgers.unpublishedIn(stream, from, to)
      const due = otherwise === 'indeterminate' ? this.#ledgers.dueIn(stream, from, to) : 0
      const others = to - from - unpublished - due
      this.#cells.add(node, group, phase, classIndex.planned, to - from)
      this.#cells.add(node, group, phase, classIndex.due, due)
      this.#cells.add(node, group, phase, classIndex.unpublished, unpublished)
      this.#cells.add(node, group, phase, classIndex[otherwise], others)
    })
  }

  /** The causes of what was not due to one member, who was never subscribed before `dueFrom`. */
  #explainNotDue(stream: number, dueFrom: number): void {
    const { unpublished, indeterminateFrom } = this.#publishers.notDue(stream)
    for (const [cause, count] of unpublished) this.#cellOf(cause).unpublished += count
    for (const [cause, count] of indeterminateFrom(dueFrom)) this.#cellOf(cause).indeterminate += count
    this.#cellOf(NO_CAUSE).neverSubscribed += dueFrom - this.#ledgers.unpublishedIn(stream, 0, dueFrom)
  }

  #cellOf(cause: number): DeliveryCounts {
    return this.#byCause[this.#causes.name(cause)]!
  }

  /** None of the stream's messages at positions [start, end) came; a later one had by `openedMicros`. */
  #judgeMissing(
    client: number,
    stream: number,
    group: number,
    start: number,
    end: number,
    openedMicros: number,
  ): void {
    if (start >= end || this.#ledgers.dueIn(stream, start, end) === 0) return
    if (this.#entered !== client) this.#judge.enter(client)
    this.#entered = client
    const sentMicros = this.#ledgers.sentMicros(stream)
    this.#eachPhase(stream, start, end, (phase, first, last) => {
      for (let from = first; from < last; ) {
        this.#judge.judge(sentMicros[from]!, openedMicros)
        const to = Math.min(last, this.#ledgers.firstAt(stream, this.#judge.untilMicros, from + 1))
        this.#countMissing(stream, group, phase, from, to)
        if (this.#judge.lossClass === 'lostInFlight') this.#explainInFlight(stream, from, to, openedMicros)
        else this.#explain(this.#judge.cause, this.#ledgers.dueIn(stream, from, to), sentMicros[from]!)
        from = to
      }
    })
  }

  /** The judge's answer holds for all of [from, to). */
  #countMissing(stream: number, group: number, phase: number, from: number, to: number): void {
    const missing = this.#ledgers.dueIn(stream, from, to)
    if (missing === 0) return
    const { lossClass, node } = this.#judge
    this.#cells.add(node, group, phase, classIndex[lossClass], missing)
    if (lossClass !== 'missingAtBoundary') this.#seconds.add(stream, from, to)
  }

  /** An acked message had reached the broker: what happened to its publisher's node is no excuse. */
  #explainInFlight(stream: number, from: number, to: number, openedMicros: number): void {
    const sentMicros = this.#ledgers.sentMicros(stream)
    const unacked = this.#ledgers.unackedDueIn(stream, from, to)
    for (const position of unacked) {
      const sent = sentMicros[position]!
      const nodes = [this.#judge.node, ...this.#publishers.nodesAt(stream, sent)]
      this.#explain(this.#causes.ofFlight(sent, openedMicros, nodes), 1, sent)
    }
    const acked = this.#ledgers.dueIn(stream, from, to) - unacked.length
    this.#explain(this.#judge.cause, acked, sentMicros[from]!)
  }

  /** `count` messages of the judge's class, sent at about `sentMicros`. */
  #explain(cause: number, count: number, sentMicros: number): void {
    const { lossClass } = this.#judge
    this.#cellOf(cause)[lossClass] += count
    if (cause !== NO_CAUSE || count === 0 || lossClass === 'missingAtBoundary') return
    for (const id of this.#causes.during(sentMicros)) this.#unexplainedDuring[id]! += count
  }

  /** Cuts the stream's positions [start, end) where phases begin. */
  #eachPhase(
    stream: number,
    start: number,
    end: number,
    visit: (phase: number, from: number, to: number) => void,
  ): void {
    const starts = this.#ledgers.spanStarts(stream)
    for (let span = 0; span < starts.length; span += 1) {
      const from = Math.max(start, starts[span]!)
      const to = Math.min(end, starts[span + 1] ?? end)
      if (from < to) visit(this.#phases.phaseOf(span), from, to)
    }
  }
}
