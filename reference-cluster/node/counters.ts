/** The counters of a node; the rest of NodeStats is read on request. */
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

/**
 * Body of `GET /stats`. `connections` and `subscriptions` (channels, summed over connections) are current values, the
 * others count since start. `withheld` counts deliveries, as `delivered` does; `fanned` counts messages.
 */
export interface NodeStats {
  readonly id: string
  readonly connections: number
  readonly accepted: number
  readonly subscriptions: number
  readonly published: number
  readonly refused: number
  readonly fanned: number
  readonly delivered: number
  readonly withheld: number
  readonly backlogDisconnects: number
  readonly rssBytes: number
  readonly cpuMicros: number
  readonly isDraining: boolean
}
