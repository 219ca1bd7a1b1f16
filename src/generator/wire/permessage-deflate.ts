import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'

/** What a client offers (RFC 7692 §7.1): with no context taken over, each message can be inflated by itself. */
export const DEFLATE_OFFER = 'permessage-deflate; client_no_context_takeover; server_no_context_takeover'

/** The last also when it was not offered: that a server uses less of a window is nothing to us (§7.1.2.1). */
const acceptable =
  /^(?:client_no_context_takeover|server_no_context_takeover|server_max_window_bits="?(?:[89]|1[0-5])"?)$/

/**
 * Why a connection can't be used whose server answered with these Sec-WebSocket-Extensions, in words that hold nothing of
 * the server's; null: it can.
 */
export function extensionsProblem(answer: string | undefined, offersDeflate: boolean): string | null {
  if (answer === undefined) return null
  const [name, ...parameters] = answer.split(';').map((part) => part.trim().toLowerCase())
  if (!offersDeflate || name !== 'permessage-deflate') return 'it uses an extension that was not offered'
  const names = new Set(parameters.map((parameter) => parameter.split('=')[0]))
  if (!parameters.every((parameter) => acceptable.test(parameter)) || names.size < parameters.length)
    return 'it accepts permessage-deflate with something that was not offered'
  if (!names.has('server_no_context_takeover'))
    return 'it accepts permessage-deflate without server_no_context_takeover'
  return null
}

/** Added to the opcode of a frame: its message is compressed (§6). */
export const COMPRESSED = 0x40

/** End of the empty block that a sender leaves out (§7.2.1). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff])

/** A message compressed by itself. */
export function deflateMessage(message: string | Uint8Array): Buffer {
  return deflateRawSync(message, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -TAIL.length)
}

/** What was compressed by itself into `message`; `too-big` as soon as that is more than `maxBytes`. */
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
