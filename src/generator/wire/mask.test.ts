import fc from 'fast-check'
import { expect, it } from 'vitest'
import { maskInPlace } from './mask.js'

it('XORs byte i of the range with byte i mod 4 of the key, and nothing outside the range', () => {
  const range = fc.tuple(fc.uint8Array({ maxLength: 600 }), fc.nat(), fc.nat(), fc.nat(7), fc.integer())
  fc.assert(
    fc.property(range, ([bytes, from, to, shift, key]) => {
      const start = from % (bytes.length + 1)
      const end = start + (to % (bytes.length + 1 - start))
      const masked = new Uint8Array(bytes.length + shift).subarray(shift)
      masked.set(bytes)
      maskInPlace(masked, start, end, key)
      const expected = bytes.map((byte, index) =>
        index >= start && index < end ? byte ^ (key >>> (8 * ((index - start) & 3))) : byte,
      )
      expect(masked).toEqual(expected)
    }),
    { numRuns: 2000 },
  )
})
