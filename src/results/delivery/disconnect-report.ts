/**
 * What ended connections and how they came back, laid on the chaos timeline. A break is the end of a subscriber's epoch;
 * its downtime is from there to the confirmation of its next subscription.
 */
export interface DisconnectReport {
  /** By event id, or `unexplained`. */
  readonly byCause: Record<string, DisconnectCounts>
  /** Base64 HDR histogram of all downtimes, µs. */
  readonly downtime: string
  readonly sameNode: number
  readonly otherNode: number
  /** Times that a client was sent to a node that was leaving, be it taken or turned away. */
  readonly routedToDraining: number
  /** µs of the last connection that opened on each node. */
  readonly lastOpenMicros: Record<string, number>
  /** By id of events that changed the pool. */
  readonly remapped: Record<string, RemapCounts>
}

/**
 * Clients connected before an event and back after it, which had changed the balancer's pool, for the first time; of several
 * such events the last one counts. Those whose node an event acted on in between had no choice and are not counted.
 */
export interface RemapCounts {
  readonly returned: number
  /** Of these, to another node. */
  readonly moved: number
}

export interface DisconnectCounts {
  readonly disconnects: number
  readonly recovered: number
  /** Of those: who was subscribed on another connection before this one ended. */
  readonly handedOver: number
  /** Base64 HDR histogram of downtimes, µs. */
  readonly downtime: string
  /** When each of them was subscribed again, µs since the event started: base64 HDR histogram. */
  readonly sinceEvent: string
  readonly sameNode: number
  readonly otherNode: number
  readonly routedToDraining: number
}
