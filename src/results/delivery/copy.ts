export const HIGHEST_SEQUENCE = 0xfffffffe

/** One copy of a message, as a client received it. */
export interface Copy {
  /** Local to the worker, as the layout numbers them. */
  readonly client: number
  readonly channel: number
  readonly publisher: number
  readonly sequence: number
  readonly plannedMicros: number
  readonly sentMicros: number
  readonly receivedMicros: number
  /** It came on the connection that the client is leaving. */
  readonly isOnLeft: boolean
}
