import type { PoolRemoval } from '../../cluster/cluster.js'
import type { PhaseSpan } from '../../plan/plan.js'
import { Causes } from './causes.js'
import { CellTable, classIndex } from './cell-table.js'
import { type Copy, HIGHEST_SEQUENCE } from './copy.js'
import type { DisconnectReport } from './disconnect-report.js'
import { disconnectReport, type Refusal } from './disconnects.js'
import { Epochs } from './epochs.js'
import { fills } from './fills.js'
import { type GapLimits, GapLists, gapLimits } from './gap-lists.js'
import type { SubscriptionLayout } from './layout.js'
import { PhaseTable } from './phase-table.js'
import type { CauseWindow, DeliveryClass, DeliveryProgress } from './types.js'

/**
 * What a received copy was. Up to `lastFirstCopy`: the first copy of a message that is due, if it was published. Further
 * copies are duplicates in the epoch of the first copy, or across epochs in a later one.
 */
export const received = {
  first: 0,
  replayed: 1,
  reordered: 2,
  lastFirstCopy: 2,
  duplicateInEpoch: 3,
  duplicateAcrossEpochs: 4,
  beforeDue: 5,
  unexpected: 6,
  /** It came after `close`, or there is no memory left to follow it (`ambiguous`), and counts for nothing. */
  ignored: 7,
} as const

export type Received = (typeof received)[keyof typeof received]

/** `next` of a pair that has an ambiguous range without end: no copy is later. */
const NO_LATER = HIGHEST_SEQUENCE + 1

/**
 * Follows what each subscriber of a worker receives, for `classify` to judge at the end (docs/delivery.md). 18 bytes a pair, plus
 * what its gaps take. Clients are the layout's local ones.
 */
export class DeliveryTracker {
  readonly epochs: Epochs
  readonly gaps: GapLists
  /** By pair: the lowest sequence that neither came nor is in a gap. */
  readonly next: Uint32Array
  readonly cells: CellTable
  /** First copies of messages that are due, if they were published. */
  firstCopies = 0
  beforeDue = 0
  unexpectedCopies = 0
  /** Counted copies whose body was changed. */
  corruptedCopies = 0
  malformedMessages = 0
  /** What `progress` tells, but for `unexpected`. */
  readonly #progress = { missing: 0, missingAcrossDisconnects: 0, replayed: 0, reordered: 0, duplicates: 0 }
  /** By pair: `next` as the current stretch of an epoch began, and which that is. */
  readonly #segmentBase: Uint32Array
  readonly #segmentOf: Int32Array
  readonly #phases: PhaseTable
  readonly #refusals: Refusal[] = []
  #isClosed = false

  constructor(
    readonly layout: SubscriptionLayout,
    readonly spans: readonly PhaseSpan[],
    /** ε of docs/delivery.md. */
    readonly boundaryMicros: number,
    /** D of docs/delivery.md. */
    readonly graceMicros: number,
    limits: GapLimits = gapLimits,
  ) {
    this.epochs = new Epochs(layout.clients)
    this.gaps = new GapLists(layout.pairs, limits)
    this.next = new Uint32Array(layout.pairs).fill(1)
    this.#segmentBase = new Uint32Array(layout.pairs).fill(1)
    this.#segmentOf = new Int32Array(layout.pairs).fill(-1)
    this.#phases = new PhaseTable(spans)
    this.cells = new CellTable(layout.groups, this.#phases.names.length)
  }

  /** To be called before the first message of the second phase can come. */
  setMeasureStart(measureMicros: number): void {
    this.#phases.setMeasureStart(measureMicros)
  }

  /**
   * The server confirmed the client's subscription; `recovered`: and said that nothing of the gap is missing. Whether it
   * was not subscribed yet.
   */
  beginEpoch(client: number, subMicros: number, node: number, recovered = false): boolean {
    return this.epochs.begin(client, subMicros, node, recovered)
  }

  /** As `beginEpoch`, on a new connection, while copies still come on the one the client is leaving. */
  handOver(client: number, subMicros: number, node: number, recovered = false): boolean {
    return this.epochs.handOver(client, subMicros, node, recovered)
  }

  /** The connection that the client was leaving ended. */
  endLeft(client: number, endMicros: number): void {
    this.epochs.endLeft(client, endMicros)
  }

  /** The client's connection ended. Whether it was subscribed. */
  endEpoch(client: number, endMicros: number): boolean {
    return this.epochs.end(client, endMicros)
  }

  /** Takes one copy. Allocates nothing; walks a list only where the pair has gaps. */
  receive(copy: Copy): Received {
    const { client, sequence } = copy
    const epoch = copy.isOnLeft ? this.epochs.leftOf(client) : this.epochs.openOf(client)
    const pair = this.layout.pairOf(client, copy.channel, copy.publisher)
    if (this.#isClosed) return received.ignored
    if (epoch < 0 || pair < 0 || sequence < 1 || sequence > HIGHEST_SEQUENCE) return this.unexpected()
    const stretch = this.epochs.segmentOf(client)
    const isAfterDisconnect = this.#segmentOf[pair] !== stretch
    if (isAfterDisconnect) this.#enterSegment(pair, stretch)
    const next = this.next[pair]!
    if (sequence < next) return this.#receiveEarlier(pair, copy, epoch)
    if (sequence > next && !this.#skip(pair, next, copy, isAfterDisconnect)) return received.ignored
    this.next[pair] = sequence + 1
    return this.#receiveFirst(copy, epoch, false)
  }

  /** Counts a copy that no subscriber may get: of another run, or not a message at all. */
  unexpected(): Received {
    if (this.#isClosed) return received.ignored
    this.unexpectedCopies += 1
    return received.unexpected
  }

  /** Counts a message whose tag can't be read. */
  malformed(): void {
    if (!this.#isClosed) this.malformedMessages += 1
  }

  /** How it stands while the run goes on. */
  progress(): DeliveryProgress {
    return { ...this.#progress, unexpected: this.unexpectedCopies }
  }

  isReceived(pair: number, sequence: number): boolean {
    return sequence < this.next[pair]! && !this.gaps.isMissing(pair, sequence)
  }

  /** Copies that come later are ignored, so that all questions about the run have one answer. */
  close(): void {
    this.#isClosed = true
  }

  /** A node turned away a client that was sent to it. */
  refused(node: number, atMicros: number): void {
    this.#refusals.push({ node, atMicros })
  }

  /** What ended epochs until `stoppedMicros`, and how the clients came back. */
  disconnects(options: {
    readonly causes: readonly CauseWindow[]
    readonly poolRemovals: readonly PoolRemoval[]
    readonly stoppedMicros: number
    readonly nodeNames: readonly string[]
  }): DisconnectReport {
    return disconnectReport({
      epochs: this.epochs,
      refusals: this.#refusals,
      causes: new Causes(options.causes, options.nodeNames, this),
      poolRemovals: options.poolRemovals,
      stoppedMicros: options.stoppedMicros,
    })
  }

  /**
   * The copy leaves out the sequences from `low` on. In a handover nobody knows on which connection they would have come.
   * False: there is no memory left to note it.
   */
  #skip(pair: number, low: number, copy: Copy, isAfterDisconnect: boolean): boolean {
    const high = copy.sequence - 1
    const isHandover = (this.#segmentOf[pair]! & 1) === 1
    if (!this.gaps.open(pair, low, high, isHandover ? Number.POSITIVE_INFINITY : copy.receivedMicros)) {
      this.next[pair] = NO_LATER
      return false
    }
    // Before a pair's first copy nothing may have been due.
    if (low === 1) return true
    this.#progress.missing += high - low + 1
    if (isAfterDisconnect) this.#progress.missingAcrossDisconnects += high - low + 1
    return true
  }

  /** One that was missing came after all; of which kind it was is as good as known by whether it was sent before the break. */
  #found(isReplayed: boolean): void {
    const progress = this.#progress
    if (progress.missing > 0) progress.missing -= 1
    if (progress.missingAcrossDisconnects > (isReplayed ? 0 : progress.missing))
      progress.missingAcrossDisconnects -= 1
  }

  #receiveFirst(copy: Copy, epoch: number, isOvertaken: boolean): Received {
    if (copy.sentMicros < this.epochs.firstSubMicros(copy.client)) {
      this.beforeDue += 1
      return received.beforeDue
    }
    this.firstCopies += 1
    if (this.#isReplayed(copy, epoch)) {
      this.#progress.replayed += 1
      this.#count('replayed', copy)
      return received.replayed
    }
    if (copy.receivedMicros - copy.sentMicros > this.graceMicros) this.#count('late', copy)
    if (!isOvertaken) return received.first
    this.#progress.reordered += 1
    this.#count('reordered', copy)
    return received.reordered
  }

  #isReplayed({ sentMicros }: Copy, epoch: number): boolean {
    return sentMicros < this.epochs.subMicros(epoch) - this.boundaryMicros
  }

  /** In a handover, what is overtaken or doubled may have come on one connection before it came on the other, in order on each. */
  #receiveEarlier(pair: number, copy: Copy, epoch: number): Received {
    const { sequence } = copy
    const isHandover = (this.#segmentOf[pair]! & 1) === 1
    const base = this.#segmentBase[pair]!
    const isOfOlderGap = sequence < base
    const fill = this.gaps.fill(pair, sequence, isOfOlderGap && !isHandover)
    if (fill === fills.filled || fill === fills.filledAfterLater) {
      this.#found(this.#isReplayed(copy, epoch))
      const isOvertaken = !isOfOlderGap || fill === fills.filledAfterLater || this.next[pair]! > base
      return this.#receiveFirst(copy, epoch, isOvertaken && !isHandover)
    }
    if (fill === fills.ambiguous) return received.ignored
    this.#progress.duplicates += 1
    if (fill === fills.filledBefore || !(isOfOlderGap || isHandover)) {
      this.#count('duplicateInEpoch', copy)
      return received.duplicateInEpoch
    }
    this.#count('duplicateAcrossEpochs', copy)
    return received.duplicateAcrossEpochs
  }

  #count(name: DeliveryClass, { client, channel, plannedMicros, sentMicros }: Copy): void {
    const node = this.epochs.node(this.epochs.latestAt(client, sentMicros))
    const phase = this.#phases.phaseAt(plannedMicros)
    this.cells.add(node, this.layout.groupOf[channel]!, phase, classIndex[name], 1)
  }

  /** Done at the pair's first copy of a stretch: between, `next` can't have moved. */
  #enterSegment(pair: number, stretch: number): void {
    this.#segmentOf[pair] = stretch
    this.#segmentBase[pair] = this.next[pair]!
    this.gaps.forgetFilled(pair)
  }
}
