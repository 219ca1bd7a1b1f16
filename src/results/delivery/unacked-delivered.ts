import type { LedgerIndex } from './ledger-index.js'
import type { DeliveryTracker } from './tracker.js'
import { outcomes, type StreamLedger, type UnackedDelivered } from './types.js'

/** Unacked and refused messages that at least one of the tracker's subscribers received, by ascending stream. */
export function unackedDelivered(tracker: DeliveryTracker, ledgers: LedgerIndex): UnackedDelivered[] {
  const { layout } = tracker
  const found = Array.from({ length: layout.streams }, (): number[] => [])
  const sought = Array.from({ length: layout.streams }, (_, stream) => ledgers.unacked(stream))
  layout.eachPair((pair, _client, stream) => {
    const came = sought[stream]!.filter((sequence) => tracker.isReceived(pair, sequence))
    if (came.length === 0) return
    found[stream]!.push(...came)
    sought[stream] = sought[stream]!.filter((sequence) => !came.includes(sequence))
  })
  return listed(found)
}

/** How many of the messages had been refused, and how many were not answered. */
export function countUnackedDelivered(
  ledgers: readonly StreamLedger[],
  messages: readonly UnackedDelivered[],
): Record<'unacked' | 'refused', number> {
  const outcomeOf = new Map(ledgers.map(({ stream, outcome }) => [stream, outcome]))
  const found = messages.flatMap(({ stream, sequences }) =>
    [...sequences].map((sequence) => outcomeOf.get(stream)?.[sequence - 1]),
  )
  const refused = found.filter((outcome) => outcome === outcomes.refused).length
  return { refused, unacked: found.length - refused }
}

/** Sequences by stream, as a list without empty streams, ascending. */
export function listed(found: readonly (number[] | undefined)[]): UnackedDelivered[] {
  return [...found]
    .map((sequences = [], stream) => ({ stream, sequences: Uint32Array.from(sequences).sort() }))
    .filter(({ sequences }) => sequences.length > 0)
}
