import { expect, it } from 'vitest'
import { HEADER_BYTES } from '../protocols/reference.js'
import { cutInHeader, withChangedBody } from './damage.js'

const frame = Buffer.from(Array.from({ length: 96 }, (_, index) => index))
const draws = Array.from({ length: 300 }, (_, order) => order / 300)

it('flips a bit, shortens or lengthens the body, and leaves the header', () => {
  const copies = draws.map((drawn) => withChangedBody(frame, drawn))
  for (const copy of copies) {
    expect(copy.equals(frame)).toBe(false)
    expect(copy.subarray(0, HEADER_BYTES).equals(frame.subarray(0, HEADER_BYTES))).toBe(true)
  }
  const lengths = copies.map(({ length }) => length)
  expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([HEADER_BYTES, 96 + 32])
  expect(lengths).toContain(96)
})

it('cuts everywhere within the header', () => {
  const lengths = new Set(draws.map((drawn) => cutInHeader(frame, drawn).length))
  expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([1, HEADER_BYTES - 1])
})
