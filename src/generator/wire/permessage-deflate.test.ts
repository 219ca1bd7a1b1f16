import { constants, deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deflateMessage, extensionsProblem, inflateMessage } from './permessage-deflate.js'

const accepted = 'permessage-deflate; server_no_context_takeover'

describe('extensionsProblem', () => {
  it.each([
    undefined,
    accepted,
    `${accepted}; client_no_context_takeover`,
    'permessage-deflate;client_no_context_takeover ;server_no_context_takeover',
    'Permessage-Deflate; Server_No_Context_Takeover',
    `${accepted}; server_max_window_bits=8`,
    `${accepted}; server_max_window_bits="15"`,
  ])('accepts %s', (answer) => {
    expect(extensionsProblem(answer, true)).toBeNull()
  })

  it.each([
    ['permessage-deflate', /without server_no_context_takeover/],
    ['permessage-deflate; client_no_context_takeover', /without server_no_context_takeover/],
    [`${accepted}; server_no_context_takeover`, /with a parameter/],
    [`${accepted}; client_max_window_bits`, /with a parameter/],
    [`${accepted}; client_max_window_bits=10`, /with a parameter/],
    [`${accepted}; server_max_window_bits`, /with a parameter/],
    [`${accepted}; server_max_window_bits=7`, /with a parameter/],
    [`${accepted}; server_max_window_bits=16`, /with a parameter/],
    [`${accepted}; server_max_window_bits=8; server_max_window_bits=9`, /with a parameter/],
    [`${accepted}; server_no_context_takeover=1`, /with a parameter/],
    [`${accepted}; mux`, /with a parameter/],
    [`${accepted}, mux`, /with a parameter/],
    [`${accepted}, ${accepted}`, /with a parameter/],
    [`${accepted};`, /with a parameter/],
    [`x-webkit-deflate-frame`, /an extension that was not offered/],
    [`mux, ${accepted}`, /an extension that was not offered/],
    ['', /an extension that was not offered/],
  ])('refuses %j', (answer, problem) => {
    expect(extensionsProblem(answer, true)).toMatch(problem)
  })

  it('refuses any extension if none was offered', () => {
    expect(extensionsProblem(accepted, false)).toMatch(/not offered/)
  })
})

describe('inflateMessage', () => {
  it.each([
    ['in a block of fixed codes', 'f248cdc9c90700', 'Hello'],
    ['in a stored block', '000500faff48656c6c6f00', 'Hello'],
    ['in a final block', 'f348cdc9c9070000', 'Hello'],
    ['in two blocks', 'f24805000000ffffcac9c90700', 'Hello'],
    ['of nothing', '00', ''],
  ])('inflates the RFC’s message %s', (_which, hex, text) => {
    expect(String(inflateMessage(Buffer.from(hex, 'hex'), 5))).toBe(text)
  })

  it('restores a message compressed at any level', () => {
    const message = fc.tuple(fc.uint8Array({ maxLength: 40_000 }), fc.integer({ min: 0, max: 9 }))
    fc.assert(
      fc.property(message, ([bytes, level]) => {
        const inflated = inflateMessage(deflate(Buffer.from(bytes), level), Math.max(1, bytes.length))
        expect(Buffer.from(bytes).equals(inflated as Buffer)).toBe(true)
      }),
    )
  })

  it('restores what deflateMessage compressed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5_000 }), (text) => {
        const bytes = Buffer.byteLength(text)
        expect(String(inflateMessage(deflateMessage(text), Math.max(1, bytes)))).toBe(
          Buffer.from(text).toString(),
        )
      }),
    )
  })

  it('stops at the limit', () => {
    const bomb = deflate(Buffer.alloc(100_000), 9)
    expect(inflateMessage(bomb, 99_999)).toBe('too-big')
    expect(inflateMessage(bomb, 100_000)).toHaveLength(100_000)
  })

  it('reports a message that is corrupt, or that refers to an earlier one', () => {
    expect(inflateMessage(Buffer.from([0x07]), 100)).toBe('corrupt')
    expect(inflateMessage(Buffer.from('f200110000', 'hex'), 100)).toBe('corrupt')
  })
})

/** Compresses a message as RFC 7692 §7.2.1 says. */
function deflate(bytes: Buffer, level: number): Buffer {
  return deflateRawSync(bytes, { level, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
}
