/**
 * Contract of a protocol that a target speaks; `docs/protocols.md` has a whole one. A protocol never sees times or
 * counts: it says what to send, and tells its peer when a subscription stands and which publish was accepted. Messages
 * are found by their tag (tag.ts), which `publish` must pass on as it is, so no protocol parses them.
 */
export interface Protocol {
  /** Asked for in the handshake, most wanted first. */
  readonly subprotocols?: readonly string[]
  /** Added to the URL's query where it has not got it. */
  readonly query?: Readonly<Record<string, string>>
  /** Its acks are the server's answers: with `via: echo` one is the message's delivery, whatever else comes back. */
  readonly answersByAck?: boolean
  /** The conversation over one connection that is about to open. */
  start(peer: Peer): Conversation
}

/** The client's end of one connection, as its protocol sees it. */
export interface Peer {
  /** `c17` is a subscriber, `p3` a publisher; the same for life. */
  readonly id: string
  /** The same, but another one in every run: for servers that remember clients. */
  readonly uniqueId: string
  /** Names of the channels to subscribe to; none for a publisher. */
  readonly channels: readonly string[]
  /** Kept over this client's connections, for what a resume needs. */
  readonly memory: Map<string, string>
  /** A string goes out as a text frame, bytes as a binary one. False when the connection is not open. */
  send(frame: string | Uint8Array): boolean
  /**
   * Once: all channels are subscribed to (a publisher: may publish). `recovered`: the server says that nothing since the
   * client's last connection is missing.
   */
  ready(recovered?: boolean): void
  /** The server has accepted the publish with this sequence number. */
  acked(sequence: number): void
  /** The server won't do what was asked: ends the connection; the client comes back with back-off. */
  fail(): void
}

export interface Conversation {
  /** The handshake is done. Without it a peer is ready at once. */
  open?(): void
  /** A text frame without a tag. */
  text?(text: string): void
  /** A binary frame without a tag; valid only during the call. */
  binary?(bytes: Buffer): void
  /** A frame that a message was found in; valid only during the call. Called for every message: be quick. */
  message?(bytes: Buffer): void
  /** The connection is gone: ends what goes on by itself, such as a timer. */
  close?(): void
  /** Sends one message whose body has to hold `payload` as it is. False when it can't be sent. */
  publish(message: Outgoing): boolean
}

export interface Outgoing {
  readonly channel: string
  readonly payload: string
  /** For `Peer.acked`. */
  readonly sequence: number
}

/** What a module of the user's own exports by default: gets the options that stand beside `module:` in the scenario. */
export type ProtocolFactory = (options: Readonly<Record<string, unknown>>) => Protocol
