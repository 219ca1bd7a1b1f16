import type { NodeStats } from './contract.js'

/** What a node counts as it goes; the rest of NodeStats is read when asked for. */
export type Counters = {
  -readonly [Name in
    | 'accepted'
    | 'published'
    | 'refused'
    | 'fanned'
    | 'delivered'
    | 'withheld'
    | 'backlogDisconnects']: NodeStats[Name]
}

export function zeroCounters(): Counters {
  return {
    accepted: 0,
    published: 0,
    refused: 0,
    fanned: 0,
    delivered: 0,
    withheld: 0,
    backlogDisconnects: 0,
  }
}
