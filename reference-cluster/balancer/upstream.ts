import { connect, type Socket } from 'node:net'
import type { Member } from './pool.js'

/** A node on loopback or in a data centre answers a SYN within this time, or is gone. */
const CONNECT_TIMEOUT_MS = 1_000

/** Read buffer of all upstream sockets: each chunk is copied out of it before the next read. */
const shared = Buffer.allocUnsafeSlow(65_536)

/**
 * Connects to a node. `onData` gets its bytes, in a buffer of their own; returning false pauses the socket. With 'data'
 * events, Node would allocate 64 KiB per read; this allocates only the bytes that were read.
 */
export function connectUpstream(member: Member, onData: (bytes: Buffer) => boolean): Socket {
  const socket = connect({
    host: member.host,
    port: member.port,
    noDelay: true,
    onread: {
      buffer: shared,
      callback: (length) => onData(Buffer.from(shared.subarray(0, length))),
    },
  })
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy())
  socket.once('connect', () => socket.setTimeout(0))
  // 'close' follows.
  socket.on('error', () => {})
  return socket
}
