import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createHistogram, encodeHistogram, HIGHEST_MICROS, record } from './histogram.js'
import { MicrosCounts } from './micros-counts.js'

const micros = fc.oneof(
  fc.integer({ min: -10, max: 5_000 }),
  fc.integer({ min: 0, max: 2 * HIGHEST_MICROS }),
  fc.integer({ min: 0, max: 25 }).map((bits) => 2 ** bits),
  fc.integer({ min: 0, max: 25 }).map((bits) => 2 ** bits - 1),
)

test('it records as the library does, clamping included, to the last byte of its encoding', () => {
  fc.assert(
    fc.property(fc.array(micros, { maxLength: 200 }), (values) => {
      const [library, ours] = [createHistogram(), new MicrosCounts()]
      const [libraryClamped, oursClamped] = [
        { negative: 0, tooLong: 0 },
        { negative: 0, tooLong: 0 },
      ]
      for (const value of values) {
        record(library, value, libraryClamped)
        ours.record(value, oursClamped)
      }
      const turned = ours.toHistogram()
      expect(oursClamped).toEqual(libraryClamped)
      expect(encodeHistogram(turned)).toBe(encodeHistogram(library))
      expect(turned.totalCount).toBe(library.totalCount)
    }),
  )
})
