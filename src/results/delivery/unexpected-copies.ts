import type { LedgerIndex } from './ledger-index.js'
import type { DeliveryTracker } from './tracker.js'

/**
 * First copies that are no delivery, though the tracker could not know as they came: it had no ledger. It may have
 * counted one as reordered, or as late or replayed (which then is one too many, and delivered one too few).
 */
export interface UnexpectedCopies {
  /** Never published: beyond the ledger's end, or failed. */
  readonly unpublished: number
  /** Published, but before the subscriber's first tSub. */
  readonly beforeDue: number
}

/** UnexpectedCopies of one pair; `dueFrom` is the position of the first message that is due to it. */
export function unexpectedFirstCopies(
  tracker: DeliveryTracker,
  ledgers: LedgerIndex,
  pair: number,
  stream: number,
  dueFrom: number,
): UnexpectedCopies {
  const length = ledgers.length(stream)
  const end = tracker.next[pair]! - 1
  const hasUnpublished = ledgers.unpublishedIn(stream, 0, length) > 0
  if (end <= length && dueFrom === 0 && !hasUnpublished) return NONE
  const unpublished = (from: number, to: number): number => ledgers.unpublishedIn(stream, from, to)
  const published = (from: number, to: number): number => to - from - unpublished(from, to)
  return {
    unpublished:
      receivedIn(tracker, pair, length, end, (from, to) => to - from) +
      receivedIn(tracker, pair, 0, Math.min(length, end), unpublished),
    beforeDue: receivedIn(tracker, pair, 0, Math.min(dueFrom, end), published),
  }
}

const NONE: UnexpectedCopies = { unpublished: 0, beforeDue: 0 }

/** How many of the positions [start, end), all below the pair's `next`, were received, as `count` counts a range. */
function receivedIn(
  { gaps }: DeliveryTracker,
  pair: number,
  start: number,
  end: number,
  count: (from: number, to: number) => number,
): number {
  if (start >= end) return 0
  let received = count(start, end)
  for (let gap = gaps.latestMissing(pair); gap >= 0; gap = gaps.earlierMissing(gap)) {
    const from = Math.max(start, gaps.low(gap) - 1)
    const to = Math.min(end, gaps.high(gap))
    if (from < to) received -= count(from, to)
  }
  return received
}
