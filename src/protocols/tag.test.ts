import fc from 'fast-check'
import { expect, it } from 'vitest'
import { countMalformed, emptyTag, encodePayload, readTag } from './tag.js'

const whole = fc.nat({ max: 2 ** 32 - 1 })
const micros = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const tags = fc.record({
  run: whole,
  publisher: whole,
  channel: whole,
  sequence: whole,
  plannedMicros: micros,
  sentMicros: micros,
})

it('is found anywhere in a message, with all its fields', () => {
  fc.assert(
    fc.property(tags, fc.string(), fc.string(), fc.nat({ max: 300 }), (tag, before, after, sizeBytes) => {
      const noise = (text: string) => text.replaceAll('wsb1', '')
      const bytes = Buffer.from(JSON.stringify([noise(before), encodePayload(tag, sizeBytes), noise(after)]))
      const found = emptyTag()
      expect(readTag(bytes, 0, found)).toBeGreaterThan(0)
      expect(found).toEqual(tag)
    }),
  )
})

it('is unchanged by JSON and URLs, and has the requested size', () => {
  const payload = encodePayload({ ...emptyTag(), sequence: 7, sentMicros: 123_456_789 }, 128)
  expect(payload).toHaveLength(128)
  expect(encodeURIComponent(payload)).toBe(payload)
  expect(JSON.stringify(payload)).toBe(`"${payload}"`)
})

it.each([
  '',
  'wsb1.',
  'wsb1.1.2.3.4.5.6',
  'wsb1.1.2.3.4.5.',
  'wsb1.1..3.4.5.6.',
  'wsb1.1.2.3.4.5.A.',
  `wsb1.${'z'.repeat(20)}.2.3.4.5.6.`,
])('finds no tag in %j', (text) => {
  expect(readTag(Buffer.from(text), 0, emptyTag())).toBe(-1)
})

it('continues after a malformed tag, and after one it has read', () => {
  const bytes = Buffer.from('wsb1.1.2. wsb1.1.2.3.4.5.6. wsb1.1.2.3.a.5.6.')
  const tag = emptyTag()
  const end = readTag(bytes, 0, tag)
  expect(tag.sequence).toBe(4)
  expect(readTag(bytes, end, tag)).toBe(bytes.length)
  expect(tag.sequence).toBe(10)
})

const sample = encodePayload({ ...emptyTag(), sequence: 7, plannedMicros: 1_234_567 }, 128)
const other = encodePayload({ ...emptyTag(), sequence: 8, plannedMicros: 1_234_567 }, 128)

it.each([
  ['no tag', '{"joined":"room"}', 0, 0],
  ['a whole one', JSON.stringify({ text: sample }), 1, 0],
  ['the same twice', JSON.stringify([sample, sample]), 2, 0],
  ['one that is cut', JSON.stringify({ text: sample.slice(0, 12) }), 0, 1],
  ['one cut before its last dot', '"wsb1.1.2.3.4.5.6"', 0, 1],
  ['one cut twice alike', JSON.stringify([sample.slice(0, 12), sample.slice(0, 12)]), 0, 1],
  ['a field that is no number', '"wsb1.1.2.?.4.5.6."', 0, 1],
  ['a field that is too long', `"wsb1.${'z'.repeat(20)}.2.3.4.5.6."`, 0, 1],
  ['a whole one and another that is cut', JSON.stringify([sample, other.slice(0, 14)]), 1, 1],
  ['a preview before', JSON.stringify([`${sample.slice(0, 12)}...`, sample]), 1, 0],
  ['a preview behind', JSON.stringify([sample, sample.slice(0, 12)]), 1, 0],
])('counts malformed tags: %s', (_what, text, read, malformed) => {
  const bytes = Buffer.from(text)
  let found = 0
  for (let end = readTag(bytes, 0, emptyTag()); end >= 0; end = readTag(bytes, end, emptyTag())) found += 1
  expect(found).toBe(read)
  expect(countMalformed(bytes, read)).toBe(malformed)
})
