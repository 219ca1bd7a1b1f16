import { isUtf8 } from 'node:buffer'
import { closeCodes, isSendableCode } from './close-codes.js'
import { isControl, opcodes } from './opcodes.js'
import { inflateMessage } from './permessage-deflate.js'

/** Called back by the parser. Buffers are valid only during the call. */
export interface FrameHandler {
  /** A complete message (valid UTF-8 if text; fragments joined; inflated), a ping or a pong. */
  onFrame(opcode: number, buffer: Buffer, start: number, end: number): void
  /** The peer's Close; 1005 when it carried no code. The parser is stopped. */
  onCloseFrame(code: number, reason: string): void
  /** The peer violated the protocol; `code` is what to close with. The parser is stopped. */
  onViolation(code: number, why: string): void
}

const FIRST_BYTE = 0
const SECOND_BYTE = 1
const LONG_LENGTH = 2
const PAYLOAD = 3
const STOPPED = 4

/** The first reserved bit. */
const RSV1 = 0x40

/**
 * Parses what a server sends (RFC 6455 §5), one parser per connection. It works in place on a read buffer that all connections
 * share: a complete frame is passed on without a copy. Only fragments and incomplete frames are copied, into a buffer of the
 * announced size, at most `maxMessageBytes`.
 */
export class FrameParser {
  private state = FIRST_BYTE

  // The current frame.
  private isFinal = false
  /** Negative if the message is compressed. */
  private opcode = 0
  private length = 0
  private lengthBytesLeft = 0
  private shortestLength = 0
  /** Bytes of its payload stored by earlier calls of `feed`. */
  private stored = 0

  // Kept between calls of `feed`; null most of the time.
  private control: Buffer | null = null
  private message: Buffer | null = null
  private messageLength = 0
  /** Opcode of the message whose fragments are being joined; 0: none. */
  private fragmentedOpcode = 0

  private mayBeCompressed = false

  constructor(
    private readonly handler: FrameHandler,
    private readonly maxMessageBytes: number,
  ) {}

  /** Parses [start, end) of `buffer`, which may be reused after the call. */
  feed(buffer: Buffer, start: number, end: number): void {
    let position = start
    while (position < end) {
      switch (this.state) {
        case FIRST_BYTE:
          this.takeFirstByte(buffer[position++]!)
          break
        case SECOND_BYTE:
          this.takeSecondByte(buffer[position++]!)
          break
        case LONG_LENGTH:
          this.takeLengthByte(buffer[position++]!)
          break
        case PAYLOAD:
          position = this.takePayload(buffer, position, end)
          break
        default:
          return
      }
      if (this.length === 0 && this.state === PAYLOAD) this.takePayload(buffer, position, position)
    }
  }

  /** From now on RSV1 means that a message is compressed by permessage-deflate, without context takeover. */
  expectCompressed(): void {
    this.mayBeCompressed = true
  }

  /** Parses nothing more and calls nobody back; frees its buffers. */
  stop(): void {
    this.state = STOPPED
    this.control = null
    this.message = null
  }

  private takeFirstByte(byte: number): void {
    this.isFinal = (byte & 0x80) !== 0
    this.opcode = byte & 0x0f
    if ((byte & 0x70) !== 0) this.takeReservedBits(byte & 0x70)
    else if (!this.isOpcodeExpected()) this.fail(closeCodes.protocolError, `unexpected opcode ${this.opcode}`)
    else if (isControl(this.opcode) && !this.isFinal)
      this.fail(closeCodes.protocolError, 'fragmented control')
    else this.state = SECOND_BYTE
  }

  /** RSV1 may only be set where a message begins (RFC 7692 §6.1). */
  private takeReservedBits(bits: number): void {
    const isFirst =
      this.fragmentedOpcode === 0 && (this.opcode === opcodes.text || this.opcode === opcodes.binary)
    if (bits !== RSV1 || !this.mayBeCompressed || !isFirst) {
      this.fail(closeCodes.protocolError, 'reserved bits must be clear')
      return
    }
    this.opcode = -this.opcode
    this.state = SECOND_BYTE
  }

  private isOpcodeExpected(): boolean {
    switch (this.opcode) {
      case opcodes.continuation:
        return this.fragmentedOpcode !== 0
      case opcodes.text:
      case opcodes.binary:
        return this.fragmentedOpcode === 0
      default:
        return this.opcode >= opcodes.close && this.opcode <= opcodes.pong
    }
  }

  private takeSecondByte(byte: number): void {
    if ((byte & 0x80) !== 0) this.fail(closeCodes.protocolError, 'a server must not mask')
    else if (byte < 126) this.haveLength(byte)
    else if (isControl(this.opcode)) this.fail(closeCodes.protocolError, 'control frame too long')
    else this.expectLongLength(byte)
  }

  private expectLongLength(byte: number): void {
    this.length = 0
    this.lengthBytesLeft = byte === 126 ? 2 : 8
    this.shortestLength = byte === 126 ? 126 : 65_536
    this.state = LONG_LENGTH
  }

  /** Beyond 2^53 the sum is rounded, which does no harm: it is above any limit. */
  private takeLengthByte(byte: number): void {
    this.length = this.length * 256 + byte
    this.lengthBytesLeft -= 1
    if (this.lengthBytesLeft > 0) return
    if (this.length < this.shortestLength)
      this.fail(closeCodes.protocolError, 'length not in its shortest form')
    else this.haveLength(this.length)
  }

  private haveLength(length: number): void {
    this.length = length
    this.stored = 0
    this.state = PAYLOAD
    if (!isControl(this.opcode) && this.messageLength + length > this.maxMessageBytes) {
      this.failTooBig()
    }
  }

  /** Returns the position after the bytes it used of [start, end). */
  private takePayload(buffer: Buffer, start: number, end: number): number {
    const frameEnd = start + this.length - this.stored
    if (frameEnd > end) {
      this.store(buffer, start, end)
      return end
    }
    this.state = FIRST_BYTE
    if (this.stored === 0 && (isControl(this.opcode) || this.isUnfragmented())) {
      this.deliver(this.opcode, buffer, start, frameEnd)
    } else {
      this.store(buffer, start, frameEnd)
      this.completeStored()
    }
    return frameEnd
  }

  private isUnfragmented(): boolean {
    return this.isFinal && this.fragmentedOpcode === 0
  }

  private store(buffer: Buffer, start: number, end: number): void {
    if (isControl(this.opcode)) {
      this.control ??= Buffer.allocUnsafe(this.length)
      buffer.copy(this.control, this.stored, start, end)
    } else {
      this.reserve(this.messageLength + this.length - this.stored)
      buffer.copy(this.message!, this.messageLength, start, end)
      this.messageLength += end - start
    }
    this.stored += end - start
  }

  /** The exact size for the first frame of a message; then doubled, so that many small fragments cost few copies. */
  private reserve(bytes: number): void {
    if (this.message === null) {
      this.message = Buffer.allocUnsafe(bytes)
    } else if (this.message.length < bytes) {
      const grown = Buffer.allocUnsafe(
        Math.max(bytes, Math.min(this.message.length * 2, this.maxMessageBytes)),
      )
      this.message.copy(grown, 0, 0, this.messageLength)
      this.message = grown
    }
  }

  private completeStored(): void {
    if (isControl(this.opcode)) {
      const control = this.control!
      this.control = null
      this.deliver(this.opcode, control, 0, this.length)
    } else if (this.isFinal) {
      this.completeMessage()
    } else if (this.fragmentedOpcode === 0) {
      this.fragmentedOpcode = this.opcode
    }
  }

  private completeMessage(): void {
    const message = this.message!
    const length = this.messageLength
    const opcode = this.fragmentedOpcode || this.opcode
    this.message = null
    this.messageLength = 0
    this.fragmentedOpcode = 0
    this.deliver(opcode, message, 0, length)
  }

  private deliver(opcode: number, buffer: Buffer, start: number, end: number): void {
    if (opcode === opcodes.close) this.deliverClose(buffer, start, end)
    else if (opcode < 0) this.deliverInflated(-opcode, buffer.subarray(start, end))
    else if (opcode === opcodes.text && !isValidText(buffer, start, end)) {
      this.fail(closeCodes.invalidPayload, 'text is not UTF-8')
    } else this.handler.onFrame(opcode, buffer, start, end)
  }

  private deliverInflated(opcode: number, compressed: Buffer): void {
    const message = inflateMessage(compressed, this.maxMessageBytes)
    if (message === 'too-big') this.failTooBig()
    else if (message === 'corrupt') this.fail(closeCodes.invalidPayload, 'message can’t be inflated')
    else this.deliver(opcode, message, 0, message.length)
  }

  private deliverClose(buffer: Buffer, start: number, end: number): void {
    const code = end - start >= 2 ? buffer.readUInt16BE(start) : closeCodes.noStatus
    if (end - start === 1 || (end > start && !isSendableCode(code))) {
      this.fail(closeCodes.protocolError, 'invalid close code')
    } else if (!isValidText(buffer, start + 2, end)) {
      this.fail(closeCodes.invalidPayload, 'close reason is not UTF-8')
    } else {
      this.stop()
      this.handler.onCloseFrame(code, buffer.toString('utf8', start + 2, Math.max(start + 2, end)))
    }
  }

  private failTooBig(): void {
    this.fail(closeCodes.tooBig, `message of more than ${this.maxMessageBytes} bytes`)
  }

  private fail(code: number, why: string): void {
    this.stop()
    this.handler.onViolation(code, why)
  }
}

/** Checks ASCII by hand: short messages then need no subarray for `isUtf8`. */
function isValidText(buffer: Buffer, start: number, end: number): boolean {
  const asciiLimit = Math.min(end, start + 256)
  let position = start
  while (position < asciiLimit && buffer[position]! < 0x80) position += 1
  return position >= end || isUtf8(buffer.subarray(position, end))
}
