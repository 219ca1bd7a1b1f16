/**
 * The contract of a target's protocol; `docs/protocols.md` has a complete example. A protocol knows nothing of times and
 * counts: it says what to send, when the subscriptions are confirmed and which publish was accepted. Messages are found by
 * their tag (tag.ts), so no protocol parses them; `publish` must send the tag unchanged.
 */
export interface Protocol {
  /** Requested in the handshake, in order of preference. */
  readonly subprotocols?: readonly string[]
  /** Added to the URL's query, unless it has the parameter. */
  readonly query?: Readonly<Record<string, string>>
  /** Acks are the server's answers: with `via: echo` the ack is the delivery, and copies that also come back do not count. */
  readonly answersByAck?: boolean
  /** Begins the conversation of a connection that is about to open. */
  start(peer: Peer): Conversation
}

/** The client's end of one connection, as the protocol sees it. */
export interface Peer {
  /** `c17`: a subscriber; `p3`: a publisher. The same for the whole run. */
  readonly id: string
  /** The id made unique across runs, for servers that remember clients. */
  readonly uniqueId: string
  /** Names of the channels to subscribe to; empty for a publisher. */
  readonly channels: readonly string[]
  /** Names of the channels that it publishes to. */
  readonly publishes: readonly string[]
  /** Kept from one connection of the client to the next, for what a resume needs. */
  readonly memory: Map<string, string>
  /** Sends a string as a text frame, bytes as a binary one. False if the connection is not open. */
  send(frame: string | Uint8Array): boolean
  /**
   * To be called once: all channels are subscribed to (a publisher: it may publish). `recovered`: the server says that nothing
   * was missed since the client's last connection.
   */
  ready(recovered?: boolean): void
  /** The server has accepted the publish with this sequence number. */
  acked(sequence: number): void
  /** The server did not accept the publish with this sequence number. `words`: the server's, as for `fail`. */
  refused(sequence: number, words?: string): void
  /**
   * The server refused: ends the connection. The client reconnects after its back-off. `words`: the server's own, for reports;
   * by default the frame that is being read.
   */
  fail(words?: string): void
  /** From now on reports show `…` in place of this value: a token that the server gave. */
  conceal(value: string): void
  /** To be called by `stream` for each packet, which then comes back as a binary frame of its own would. */
  packet(bytes: Buffer): void
  /** The server broke the protocol: ends the connection. The result counts it under `code`; the server gets the reason. */
  violated(code: 1002 | 1009, reason: string): void
}

export interface Conversation {
  /** The handshake succeeded. Without this method a peer is ready at once. */
  open?(): void
  /** A text frame without a tag. */
  text?(text: string): void
  /** For a protocol that is a stream of bytes: every frame comes here, to be cut into packets, and nowhere else. */
  stream?(bytes: Buffer, isText: boolean): void
  /** A binary frame without a tag; valid only during the call. */
  binary?(bytes: Buffer): void
  /** A frame with a message; valid only during the call. Called for every such frame, so it must be fast. */
  message?(bytes: Buffer): void
  /** The connection ended: stop timers and the like. */
  close?(): void
  /** Sends one message, whose body must contain `payload` unchanged. False if it can't be sent. */
  publish(message: Outgoing): boolean
}

export interface Outgoing {
  readonly channel: string
  readonly payload: string
  /** For `Peer.acked`. */
  readonly sequence: number
}

/** The default export of a user's module; it is given the options beside `module:` in the scenario. */
export type ProtocolFactory = (options: Readonly<Record<string, unknown>>) => Protocol
