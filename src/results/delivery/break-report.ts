/**
 * What ended connections and how they came back, laid on the chaos timeline. A break is the end of a subscriber's epoch;
 * its downtime is from there to the confirmation of its next subscription.
 */
export interface BreakReport {
  /** By event id, or `unexplained`. */
  readonly byCause: Record<string, BreakCounts>
  /** Base64 HDR histogram of all downtimes, µs. */
  readonly downtime: string
  readonly sameNode: number
  readonly otherNode: number
  readonly returnedToDrained: number
  /** µs of the last connection that opened on each node. */
  readonly lastOpenMicros: Record<string, number>
}

export interface BreakCounts {
  readonly breaks: number
  readonly recovered: number
  /** Of those: who was subscribed on another connection before this one ended. */
  readonly handedOver: number
  /** Base64 HDR histogram of downtimes, µs. */
  readonly downtime: string
  /** When each of them was subscribed again, µs since the event started: base64 HDR histogram. */
  readonly sinceEvent: string
}
