/**
 * What the broker keeps of each channel, for clients that come back. Offsets of a channel rise in the order in which its
 * messages are delivered; each message carries its own (`at.offset`). Whether they are consecutive is the bridge's
 * business: completeness is what `after` answers for, not arithmetic.
 *
 * To resume without a hole: follow the channel and hold back what comes live, then read `after` the client's last
 * message, send that, then what was held back but for the offsets that were in it.
 */
export interface History {
  /** After an outage, what comes live goes on where it broke off. Else what was published meanwhile comes from here only. */
  readonly isLiveContinuous: boolean
  /** Of the newest message now: where a client that has seen nothing begins. null when the broker can't be asked. */
  position(channel: number): Promise<Position | null>
  /**
   * Every message of the channel after `position`, oldest first. null when that can't be vouched for: some are no
   * longer kept, the store is another than that of `position`, or the broker can't be asked. Never rejects.
   */
  after(channel: number, position: Position): Promise<readonly Buffer[] | null>
}

export interface Position {
  /** 0: before the first message. */
  readonly offset: number
  /** Names the store. One that was lost and begun anew has another. */
  readonly epoch: string
}

/** Newest messages of each channel that are surely kept. */
export const MESSAGES_KEPT = 10_000
