import { connect, type Socket } from 'node:net'
import type { Member } from './pool.js'

/** A loopback or data-centre node that has not answered its SYN by then is not there. */
const CONNECT_TIMEOUT_MS = 1_000

/** Read buffer of every upstream socket: each chunk is copied out of it before the next read. */
const shared = Buffer.allocUnsafeSlow(65_536)

/**
 * Connects to a node. `onData` gets its bytes, in a buffer of their own; returning false pauses the socket. Node's own
 * 'data' events cost a 64 KiB allocation per read, this the bytes that came.
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
  // Its 'close' follows.
  socket.on('error', () => {})
  return socket
}
