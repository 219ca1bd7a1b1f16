import { expect, it } from 'vitest'
import { fillerStart, fillerText, isFiller, writeFiller } from './filler.js'
import { seal } from './reference.js'

const sealed = seal(7, 3, 2, 41)

function fillerOf(length: number): Buffer {
  const body = Buffer.alloc(length)
  writeFiller(body, 0, sealed)
  return body
}

function isIntact(body: Buffer, length = body.length): boolean {
  return isFiller(body, 0, length, fillerStart(sealed))
}

it.each([0, 1, 64, 1_024, 1_025, 1_027, 70_001, (1 << 20) - 64])('fills %i bytes as text does', (length) => {
  const body = fillerOf(length)
  expect(isIntact(body)).toBe(true)
  expect(body.toString()).toBe(fillerText(length, sealed))
})

it('begins elsewhere for each message of a stream, and for other publishers, channels and runs', () => {
  const near = Array.from({ length: 50 }, (_, sequence) => seal(7, 3, 2, sequence))
  const starts = [...near, seal(8 << 20, 3, 2, 41), seal(7, 4, 2, 41), seal(7, 3, 3, 41)].map(fillerStart)
  expect(new Set(starts).size).toBe(starts.length)
})

it.each([64, 1_024])('notices each changed byte of %i', (length) => {
  const body = fillerOf(length)
  for (let index = 0; index < length; index += 1) {
    body[index]! ^= 1
    expect(isIntact(body)).toBe(false)
    body[index]! ^= 1
  }
})

it('compares the first and last 512 bytes of a longer body', () => {
  const body = fillerOf(5_000)
  const isNoticed = [0, 511, 512, 4_487, 4_488, 4_999].map((index) => {
    body[index]! ^= 1
    const intact = isIntact(body)
    body[index]! ^= 1
    return !intact
  })
  expect(isNoticed).toEqual([true, true, false, false, true, true])
})

it('notices that bytes are missing at the end, or within', () => {
  const body = fillerOf(5_000)
  expect(isIntact(body.subarray(0, 4_999), 5_000)).toBe(false)
  const shifted = Buffer.concat([body.subarray(0, 2_000), body.subarray(2_001), Buffer.from('a')])
  expect(isIntact(shifted)).toBe(false)
})
