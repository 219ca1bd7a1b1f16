import type { LedgerIndex } from './ledger-index.js'
import type { DeliveryTracker } from './tracker.js'

/**
 * How many due messages sent after `deadlineMicros` (now − D) are missing; 0: settled. Looks at a pair's tail and latest gaps only,
 * and at no pair of a stream whose deadlines are all past.
 */
export function pending(tracker: DeliveryTracker, ledgers: LedgerIndex, deadlineMicros: number): number {
  const openFrom = openPositions(tracker.layout.streams, ledgers, deadlineMicros)
  let missing = 0
  tracker.layout.eachPair((pair, client, stream) => {
    const from = openFrom[stream]!
    const length = ledgers.length(stream)
    if (from === length) return
    if (tracker.next[pair]! > length && tracker.gaps.latestMissing(pair) < 0) return
    missing += missingOf(tracker, ledgers, pair, client, stream, from)
  })
  return missing
}

/** By stream: the first position whose deadline has not passed. */
function openPositions(streams: number, ledgers: LedgerIndex, deadlineMicros: number): Int32Array {
  const positions = new Int32Array(streams)
  for (let stream = 0; stream < streams; stream += 1) {
    const sentMicros = ledgers.sentMicros(stream)
    let position = ledgers.firstAt(stream, deadlineMicros)
    while (sentMicros[position] === deadlineMicros) position += 1
    positions[stream] = position
  }
  return positions
}

function missingOf(
  { epochs, gaps, next }: DeliveryTracker,
  ledgers: LedgerIndex,
  pair: number,
  client: number,
  stream: number,
  openFrom: number,
): number {
  const length = ledgers.length(stream)
  const from = ledgers.firstAt(stream, epochs.firstSubMicros(client), openFrom)
  const tail = Math.max(from, next[pair]! - 1)
  let missing = tail < length ? ledgers.dueIn(stream, tail, length) : 0
  for (
    let gap = gaps.latestMissing(pair);
    gap >= 0 && gaps.high(gap) > from;
    gap = gaps.earlierMissing(gap)
  ) {
    const start = Math.max(from, gaps.low(gap) - 1)
    const end = Math.min(length, gaps.high(gap))
    if (start < end) missing += ledgers.dueIn(stream, start, end)
  }
  return missing
}
