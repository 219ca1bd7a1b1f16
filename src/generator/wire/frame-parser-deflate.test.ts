import { constants, deflateRawSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { FrameParser } from './frame-parser.js'

const MAX_MESSAGE_BYTES = 10_000
const RSV1 = 0x40
const RSV2 = 0x20
const [CONTINUATION, TEXT, BINARY, CLOSE, PING] = [0, 1, 2, 8, 9]

describe('a parser that expects compressed messages', () => {
  it('inflates them, wherever the stream is cut, and passes on uncompressed ones', () => {
    const stream = Buffer.concat([
      frame(TEXT | RSV1, deflate('täg')),
      frame(TEXT, 'plain'),
      frame(BINARY | RSV1, deflate('x'.repeat(MAX_MESSAGE_BYTES))),
      frame(TEXT | RSV1, Buffer.from([0])),
      frame(CLOSE, ''),
    ])
    const events = ['1 täg', '1 plain', `2 ${'x'.repeat(MAX_MESSAGE_BYTES)}`, '1 ', 'close 1005']
    for (let cut = 0; cut < stream.length; cut += 1)
      expect(parse(stream, cut), `cut at ${cut}`).toEqual(events)
  })

  it('inflates joined fragments, with a ping and an uncompressed message’s fragments around them', () => {
    const message = deflate('fragments, fragments, fragments')
    const stream = Buffer.concat([
      frame(TEXT | RSV1, message.subarray(0, 3), false),
      frame(PING, 'there?'),
      frame(CONTINUATION, message.subarray(3, 4), false),
      frame(CONTINUATION, message.subarray(4)),
      frame(TEXT, 'pl', false),
      frame(CONTINUATION, 'ain'),
    ])
    const events = ['9 there?', '1 fragments, fragments, fragments', '1 plain']
    for (let cut = 0; cut < stream.length; cut += 1)
      expect(parse(stream, cut), `cut at ${cut}`).toEqual(events)
  })

  it.each([
    ['the second reserved bit', frame(TEXT | RSV2, ''), 1002],
    ['the second beside the first', frame(TEXT | RSV1 | RSV2, deflate('a')), 1002],
    ['a compressed ping', frame(PING | RSV1, ''), 1002],
    ['a compressed Close', frame(CLOSE | RSV1, ''), 1002],
    ['a compressed reserved opcode', frame(3 | RSV1, ''), 1002],
    ['a compressed continuation', fragments(TEXT | RSV1, CONTINUATION | RSV1), 1002],
    ['a compressed continuation of a plain message', fragments(TEXT, CONTINUATION | RSV1), 1002],
    ['a compressed continuation of nothing', frame(CONTINUATION | RSV1, ''), 1002],
    ['a compressed message within another', fragments(TEXT | RSV1, TEXT | RSV1), 1002],
    ['a message that can’t be inflated', frame(BINARY | RSV1, Buffer.from([0x07])), 1007],
    ['text that is not UTF-8 once inflated', frame(TEXT | RSV1, deflate(Buffer.from([0xc3, 0x28]))), 1007],
    ['a decompression bomb', frame(BINARY | RSV1, deflate('x'.repeat(MAX_MESSAGE_BYTES + 1))), 1009],
    ['a message too big even compressed', frame(BINARY | RSV1, Buffer.alloc(MAX_MESSAGE_BYTES + 1)), 1009],
  ])('refuses %s, and delivers nothing after it', (_what, stream, code) => {
    const events = parse(Buffer.concat([stream, frame(TEXT, 'late')]), 1)
    expect(events).toEqual([expect.stringMatching(`^error ${code}`)])
  })
})

function parse(stream: Buffer, cut: number): string[] {
  const events: string[] = []
  const parser = new FrameParser(
    {
      onFrame: (opcode, buffer, start, end) =>
        events.push(`${opcode} ${buffer.toString('utf8', start, end)}`),
      onCloseFrame: (code) => events.push(`close ${code}`),
      onViolation: (code, why) => events.push(`error ${code} ${why}`),
    },
    MAX_MESSAGE_BYTES,
  )
  parser.expectCompressed()
  const readBuffer = Buffer.from(stream)
  parser.feed(readBuffer, 0, cut)
  readBuffer.fill(0xee, 0, cut)
  parser.feed(readBuffer, cut, stream.length)
  return events
}

function frame(firstByte: number, payload: string | Buffer, isFinal = true): Buffer {
  const body = Buffer.from(payload)
  const header = Buffer.alloc(body.length < 126 ? 2 : 4)
  header[0] = (isFinal ? 0x80 : 0) | firstByte
  header[1] = Math.min(body.length, 126)
  if (header.length === 4) header.writeUInt16BE(body.length, 2)
  return Buffer.concat([header, body])
}

function fragments(first: number, second: number): Buffer {
  return Buffer.concat([frame(first, deflate('a'), false), frame(second, '')])
}

function deflate(bytes: string | Buffer): Buffer {
  return deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}
