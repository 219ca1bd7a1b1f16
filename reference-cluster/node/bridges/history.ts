/**
 * The messages that the broker keeps of each channel, for clients that reconnect. The offsets of a channel rise in the
 * order of delivery; each message carries its own (`at.offset`). They need not be consecutive: to know whether messages
 * are missing, rely on `after`, not on arithmetic.
 *
 * To resume without a gap: follow the channel and hold back live messages; read `after` the client's last message and
 * send the result; then send the messages held back, except those whose offsets were in the result.
 */
export interface History {
  /** After an outage, live messages continue where they stopped. Otherwise messages of the outage are only found here. */
  readonly isLiveContinuous: boolean
  /** Of the newest message, where a new client begins. null when the broker does not answer. */
  position(channel: number): Promise<Position | null>
  /**
   * Every message of the channel after `position`, oldest first. null when the list might be incomplete: some messages are
   * no longer kept, `position` is of another store, or the broker does not answer. Never rejects.
   */
  after(channel: number, position: Position): Promise<readonly Buffer[] | null>
}

export interface Position {
  /** 0: before the first message. */
  readonly offset: number
  /** Identifies the store. A store that was lost and created again has a different epoch. */
  readonly epoch: string
}

/** At least this many messages of each channel are kept, the newest. */
export const MESSAGES_KEPT = 10_000
