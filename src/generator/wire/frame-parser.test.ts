import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import * as ws from 'ws'
import { FrameParser } from './frame-parser.js'
import { opcodes } from './opcodes.js'

const MAX_MESSAGE_BYTES = 70_000

describe('FrameParser', () => {
  it('passes on complete messages in place, in the read buffer', () => {
    const stream = Buffer.concat([frame(2, 'first'), frame(2, 'second')])
    const seen: unknown[] = []
    const onFrame = (opcode: number, buffer: Buffer, start: number, end: number) =>
      seen.push([opcode, buffer === stream, start, end])
    new FrameParser({ onFrame, onCloseFrame() {}, onViolation() {} }, MAX_MESSAGE_BYTES).feed(
      stream,
      0,
      stream.length,
    )
    expect(seen).toEqual([
      [2, true, 2, 7],
      [2, true, 9, 15],
    ])
  })

  it('agrees with ws on any valid stream, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(validStream, cuts, async (stream, at) => {
        expect(parse(stream, at)).toEqual(await parseWithWs(stream))
      }),
    )
  })

  it.each([125, 126, 65_535, 65_536, MAX_MESSAGE_BYTES])(
    'reads a message of %i bytes from single bytes',
    async (size) => {
      const stream = frame(2, Buffer.alloc(size, 7))
      expect(parse(stream, everyByte(stream))).toEqual(await parseWithWs(stream))
    },
  )

  it('agrees with ws on a damaged stream, except that it requires shortest lengths', async () => {
    await fc.assert(
      fc.asyncProperty(damagedStream, cuts, async (stream, at) => {
        const events = parse(stream, at)
        const expected = await parseWithWs(stream)
        if (events.at(-1) === 'error 1002 length not in its shortest form') {
          expect(expected.slice(0, events.length - 1)).toEqual(events.slice(0, -1))
        } else if (!isEqual(codesOf(events), expected)) {
          // ws waits for the second byte of a frame before it checks the first, and not for the only byte of a Close.
          const longer = Buffer.concat([stream, Buffer.alloc(1)])
          expect(codesOf(parse(longer, at))).toEqual(await parseWithWs(longer))
        }
      }),
      { numRuns: 1000 },
    )
  })

  it.each(Object.entries(malformed))('refuses %s as ws does', async (_name, { stream, code }) => {
    expect(codesOf(parse(stream, everyByte(stream)))).toEqual([`error ${code}`])
    expect(await parseWithWs(stream)).toEqual([`error ${code}`])
  })

  it.each([
    ['16-bit', bytes(0x82, 126, 0, 125)],
    ['64-bit', bytes(0x82, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff)],
  ])('refuses a %s length that has a shorter form', (_name, stream) => {
    expect(codesOf(parse(stream, []))).toEqual(['error 1002'])
  })

  it('delivers nothing after a Close or a violation', () => {
    expect(parse(Buffer.concat([frame(8, ''), frame(2, 'late'), frame(8, '')]), [])).toEqual(['close 1005 '])
    const broken = Buffer.concat([bytes(0xff), frame(2, 'late'), bytes(0xff)])
    expect(codesOf(parse(broken, everyByte(broken)))).toEqual(['error 1002'])
  })

  it('delivers nothing after it was stopped by a handler', () => {
    const stream = Buffer.concat([frame(1, 'first'), frame(1, 'second')])
    const seen: string[] = []
    const onFrame = (_opcode: number, buffer: Buffer, start: number, end: number) => {
      seen.push(buffer.toString('utf8', start, end))
      parser.stop()
    }
    const parser = new FrameParser({ onFrame, onCloseFrame() {}, onViolation() {} }, MAX_MESSAGE_BYTES)
    parser.feed(stream, 0, stream.length)
    expect(seen).toEqual(['first'])
  })

  it('allocates exactly the announced size for a message that arrives in pieces', () => {
    expect(allocationsOf(frame(2, Buffer.alloc(50_000)), [10, 20_000, 40_000])).toEqual([50_000])
  })

  it.each([
    ['2^62 bytes', bytes(0x82, 127, 0x40, 0, 0, 0, 0, 0, 0, 0, 1)],
    ['one byte above the limit', frame(2, Buffer.alloc(MAX_MESSAGE_BYTES + 1)).subarray(0, 500)],
  ])('allocates nothing for a message of %s', (_name, stream) => {
    expect(codesOf(parse(stream, everyByte(stream)))).toEqual(['error 1009'])
    expect(allocationsOf(stream, everyByte(stream))).toEqual([])
  })

  it('never allocates more than the limit at once', () => {
    const sizes: number[] = []
    fc.assert(fc.property(damagedStream, cuts, (stream, at) => void sizes.push(...allocationsOf(stream, at))))
    expect(sizes.length).toBeGreaterThan(0)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES)
  })

  it('memory depends on the size of fragments, not on their number', () => {
    const fragments = Array.from({ length: 5000 }, () => frame(0, 'x', false))
    const stream = Buffer.concat([frame(2, '', false), ...fragments, frame(0, 'x')])
    expect(parse(stream, [])).toEqual([`binary ${'78'.repeat(5001)}`])
    expect(allocationsOf(stream, []).length).toBeLessThan(20)
  })
})

/** A valid frame of a server; malformed ones are written byte by byte. */
function frame(opcode: number, payload: string | Buffer, isFinal = true): Buffer {
  const body = Buffer.from(payload)
  const header = Buffer.alloc(body.length < 126 ? 2 : body.length < 65_536 ? 4 : 10)
  header[0] = (isFinal ? 0x80 : 0) | opcode
  header[1] = body.length < 126 ? body.length : body.length < 65_536 ? 126 : 127
  if (header.length === 4) header.writeUInt16BE(body.length, 2)
  if (header.length === 10) header.writeBigUInt64BE(BigInt(body.length), 2)
  return Buffer.concat([header, body])
}

function bytes(...values: number[]): Buffer {
  return Buffer.from(values)
}

const malformed: Record<string, { stream: Buffer; code: number }> = {
  'reserved bit 1': { stream: bytes(0xc2, 0), code: 1002 },
  'reserved bit 2': { stream: bytes(0xa2, 0), code: 1002 },
  'reserved bit 3': { stream: bytes(0x92, 0), code: 1002 },
  'data opcode 3': { stream: bytes(0x83, 0), code: 1002 },
  'control opcode 11': { stream: bytes(0x8b, 0), code: 1002 },
  'control opcode 15': { stream: bytes(0x8f, 0), code: 1002 },
  'a masked frame': { stream: bytes(0x82, 0x81, 1, 2, 3, 4, 5), code: 1002 },
  'a continuation of nothing': { stream: bytes(0x80, 0), code: 1002 },
  'a new message inside a fragmented one': { stream: bytes(0x02, 1, 9, 0x82, 0), code: 1002 },
  'a fragmented ping': { stream: bytes(0x09, 0), code: 1002 },
  'a ping of 126 bytes': { stream: bytes(0x89, 126, 0, 126), code: 1002 },
  'a Close of 1 byte': { stream: bytes(0x88, 1, 3), code: 1002 },
  'close code 999': { stream: bytes(0x88, 2, 0x03, 0xe7), code: 1002 },
  'close code 1004': { stream: bytes(0x88, 2, 0x03, 0xec), code: 1002 },
  'close code 1005': { stream: bytes(0x88, 2, 0x03, 0xed), code: 1002 },
  'close code 1006': { stream: bytes(0x88, 2, 0x03, 0xee), code: 1002 },
  'close code 1015': { stream: bytes(0x88, 2, 0x03, 0xf7), code: 1002 },
  'close code 2999': { stream: bytes(0x88, 2, 0x0b, 0xb7), code: 1002 },
  'close code 5000': { stream: bytes(0x88, 2, 0x13, 0x88), code: 1002 },
  'a close reason that is not UTF-8': { stream: bytes(0x88, 3, 0x03, 0xe8, 0xff), code: 1007 },
  'text that is not UTF-8': { stream: frame(1, bytes(0x61, 0xc3, 0x28)), code: 1007 },
  'text cut inside a character': { stream: frame(1, Buffer.from('aé').subarray(0, 2)), code: 1007 },
  'a surrogate in text': { stream: frame(1, bytes(0xed, 0xa0, 0x80)), code: 1007 },
  'fragments that are not UTF-8 together': {
    stream: Buffer.concat([frame(1, bytes(0xc3), false), frame(0, 'a')]),
    code: 1007,
  },
  'a length above 2^53': {
    stream: bytes(0x82, 127, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    code: 1009,
  },
  'fragments above the limit together': {
    stream: Buffer.concat([frame(2, Buffer.alloc(MAX_MESSAGE_BYTES), false), frame(0, 'x')]),
    code: 1009,
  },
}

/**
 * The events of our parser for `stream`, fed in pieces cut at `at`. Each piece is at another place in one read buffer, which is
 * overwritten after each call, as between two reads.
 */
function parse(stream: Buffer, at: readonly number[]): string[] {
  const events: string[] = []
  const parser = new FrameParser(
    {
      onFrame: (opcode, buffer, start, end) =>
        events.push(`${nameOf(opcode)} ${buffer.toString('hex', start, end)}`),
      onCloseFrame: (code, reason) => events.push(`close ${code} ${reason}`),
      onViolation: (code, why) => events.push(`error ${code} ${why}`),
    },
    MAX_MESSAGE_BYTES,
  )
  const readBuffer = Buffer.alloc(stream.length + 7)
  const edges = [0, ...at.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length]
  for (let index = 1; index < edges.length; index += 1) {
    const offset = index % 7
    const count = stream.copy(readBuffer, offset, edges[index - 1], edges[index])
    parser.feed(readBuffer, offset, offset + count)
    readBuffer.fill(0xee)
  }
  return events
}

function codesOf(events: readonly string[]): string[] {
  return events.map((line) => /^error \d+/.exec(line)?.[0] ?? line)
}

function nameOf(opcode: number): string {
  return Object.entries(opcodes).find(([, value]) => value === opcode)![0]
}

/** The events of ws, the oracle, for `stream`. */
async function parseWithWs(stream: Buffer): Promise<string[]> {
  const { Receiver } = ws as unknown as { Receiver: new (options: { maxPayload: number }) => Writable }
  const events: string[] = []
  const receiver = new Receiver({ maxPayload: MAX_MESSAGE_BYTES })
  receiver.on('message', (data: Buffer, isBinary: boolean) => {
    events.push(`${isBinary ? 'binary' : 'text'} ${data.toString('hex')}`)
  })
  receiver.on('ping', (data: Buffer) => events.push(`ping ${data.toString('hex')}`))
  receiver.on('pong', (data: Buffer) => events.push(`pong ${data.toString('hex')}`))
  receiver.on('conclude', (code: number, reason: Buffer) => events.push(`close ${code} ${reason.toString()}`))
  receiver.on('error', (error: Error & Record<symbol, unknown>) => {
    const statusCode = Object.getOwnPropertySymbols(error).find(
      (symbol) => symbol.description === 'status-code',
    )
    events.push(`error ${statusCode ? error[statusCode] : error.stack}`)
  })
  receiver.write(stream)
  await setImmediate()
  return events
}

function isEqual(left: readonly string[], right: readonly string[]): boolean {
  return left.join('\n') === right.join('\n')
}

function everyByte(stream: Buffer): number[] {
  return Array.from(stream.keys())
}

/** Sizes of the buffers that the parser allocates. */
function allocationsOf(stream: Buffer, at: readonly number[]): number[] {
  const watched = vi.spyOn(Buffer, 'allocUnsafe')
  parse(stream, at)
  const sizes = watched.mock.calls.map(([size]) => size)
  watched.mockRestore()
  return sizes
}

const cuts = fc.array(fc.nat(), { maxLength: 8 })

const payload = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)) },
  { weight: 1, arbitrary: fc.constantFrom(125, 126, 65_535, 65_536).map((size) => Buffer.alloc(size, 0x41)) },
)

const control = fc
  .tuple(fc.constantFrom(9, 10), fc.uint8Array({ maxLength: 125 }))
  .map(([opcode, body]) => frame(opcode, Buffer.from(body)))

/** A message in up to five fragments, with control frames in between. */
const message = fc
  .record({
    body: fc.oneof(
      payload.map((body) => ({ opcode: 2, body })),
      fc.string({ unit: 'binary', maxLength: 300 }).map((text) => ({ opcode: 1, body: Buffer.from(text) })),
    ),
    cuts: fc.array(fc.nat(), { maxLength: 4 }),
    between: fc.array(control, { maxLength: 4 }),
  })
  .map(({ body: { opcode, body }, cuts: at, between }) => {
    const edges = [0, ...at.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length]
    const parts = edges.slice(1).map((edge, index) => {
      const fragment = frame(
        index === 0 ? opcode : 0,
        body.subarray(edges[index], edge),
        index === edges.length - 2,
      )
      return index === 0 ? fragment : Buffer.concat([between[index - 1] ?? bytes(), fragment])
    })
    return Buffer.concat(parts)
  })

const closing = fc
  .tuple(fc.constantFrom(1000, 1001, 1011, 1014, 3000, 4999), fc.string({ maxLength: 40 }))
  .map(([code, reason]) => frame(8, Buffer.concat([bytes(code >> 8, code & 0xff), Buffer.from(reason)])))

const validStream = fc
  .tuple(fc.array(fc.oneof(message, control), { maxLength: 8 }), fc.option(closing))
  .map(([frames, end]) => Buffer.concat(end === null ? frames : [...frames, end]))

/** A valid stream with some bytes overwritten, or random bytes. */
const damagedStream = fc.oneof(
  fc
    .tuple(validStream, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 5 }))
    .map(([stream, damages]) => {
      for (const [position, byte] of damages) stream[position % (stream.length || 1)] = byte
      return stream
    }),
  fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
)
