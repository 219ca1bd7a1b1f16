const NOTHING = Buffer.alloc(0)

export interface PacketTaker {
  /** Valid only during the call. */
  packet(bytes: Buffer): void
}

/** The server sent what is no packet, or one that is too long. `code`: what to close the connection with. */
export class PacketError extends Error {
  constructor(
    readonly code: 1002 | 1009,
    message: string,
  ) {
    super(message)
  }
}

/**
 * The packets of one connection, whatever frames they came in: several may share a frame, and one may go on in the next.
 * Nothing is copied where each frame is one packet.
 */
export class PacketStream {
  /** The beginning of a packet whose end did not come yet. */
  #rest: Buffer = NOTHING

  /** `endOf`: where the packet at `from` ends, maybe beyond `bytes`; −1 if that can't be told yet. May throw a PacketError. */
  constructor(
    readonly endOf: (bytes: Buffer, from: number) => number,
    readonly mostBytes: number,
  ) {}

  /** Throws a PacketError as soon as a length is wrong; the packets before it were taken. */
  push(bytes: Buffer, taker: PacketTaker): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    let from = 0
    while (from < all.length) {
      const end = this.endOf(all, from)
      if (end - from > this.mostBytes)
        throw new PacketError(1009, `packet of ${end - from} bytes, limit ${this.mostBytes}`)
      if (end < 0 || end > all.length) break
      taker.packet(from === 0 && end === all.length ? all : all.subarray(from, end))
      from = end
    }
    this.#rest = from === all.length ? NOTHING : Buffer.from(all.subarray(from))
  }
}
