import type { Peer } from './protocol.js'

const NOTHING = Buffer.alloc(0)

type PacketPeer = Pick<Peer, 'packet' | 'violated'>

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

  /** Tells the peer of a wrong packet as soon as that shows; those before it were taken. */
  push(bytes: Buffer, peer: PacketPeer): void {
    try {
      this.#take(bytes, peer)
    } catch (error) {
      if (!(error instanceof PacketError)) throw error
      peer.violated(error.code, error.message)
    }
  }

  #take(bytes: Buffer, peer: PacketPeer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    let from = 0
    while (from < all.length) {
      const end = this.endOf(all, from)
      const length = (end < 0 ? all.length : end) - from
      if (length > this.mostBytes)
        throw new PacketError(1009, `packet of ${length} bytes, limit ${this.mostBytes}`)
      if (end < 0 || end > all.length) break
      peer.packet(from === 0 && end === all.length ? all : all.subarray(from, end))
      from = end
    }
    this.#rest = from === all.length ? NOTHING : Buffer.from(all.subarray(from))
  }
}
