import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'

/** What a client offers (RFC 7692 §7.1). Without context takeover, each message can be inflated by itself. */
export const DEFLATE_OFFER = 'permessage-deflate; client_no_context_takeover; server_no_context_takeover'

/** server_max_window_bits is accepted without having been offered: a smaller window of the server needs nothing here (§7.1.2.1). */
const acceptable =
  /^(?:client_no_context_takeover|server_no_context_takeover|server_max_window_bits="?(?:[89]|1[0-5])"?)$/

/**
 * Why a connection can't be used after this Sec-WebSocket-Extensions answer, or null. The text repeats nothing that the server
 * sent.
 */
export function extensionsProblem(answer: string | undefined, offersDeflate: boolean): string | null {
  if (answer === undefined) return null
  const [name, ...parameters] = answer.split(';').map((part) => part.trim().toLowerCase())
  if (!offersDeflate || name !== 'permessage-deflate')
    return 'the server uses an extension that was not offered'
  const names = new Set(parameters.map((parameter) => parameter.split('=')[0]))
  if (!parameters.every((parameter) => acceptable.test(parameter)) || names.size < parameters.length)
    return 'the server accepts permessage-deflate with a parameter that was not offered'
  if (!names.has('server_no_context_takeover'))
    return 'the server accepts permessage-deflate without server_no_context_takeover'
  return null
}

/** Bit in a frame's first byte: its message is compressed (§6). */
export const COMPRESSED = 0x40

/** The end of an empty block, which a sender leaves out (§7.2.1). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff])

/** Compresses one message, independently of all others. */
export function deflateMessage(message: string | Uint8Array): Buffer {
  return deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -TAIL.length)
}

/** Inflates one message; `too-big` once it exceeds `maxBytes`. */
export function inflateMessage(message: Buffer, maxBytes: number): Buffer | 'too-big' | 'corrupt' {
  try {
    return inflateRawSync(Buffer.concat([message, TAIL]), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: maxBytes,
    })
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-big' : 'corrupt'
  }
}
