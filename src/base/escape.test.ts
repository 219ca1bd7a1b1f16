import { expect, test } from 'vitest'
import { escapeDeep, escapeJson, escapeText } from './escape.js'

test.each([
  ['\u001b[31mred', '\\u{1b}[31mred'],
  ['\u009b2J', '\\u{9b}2J'],
  ['a\nb\rc\td', 'a\\u{a}b\\u{d}c\\u{9}d'],
  ['right\u202eleft', 'right\\u{202e}left'],
  ['half \ud83d', 'half \\u{d83d}'],
  ['line\u2028break', 'line\\u{2028}break'],
  ['zürich → 北京 🎉', 'zürich → 北京 🎉'],
])('%j', (text, escaped) => {
  expect(escapeText(text)).toBe(escaped)
})

test('escapes the keys of records too, and leaves the rest', () => {
  expect(escapeDeep({ '\u0007': ['\u001b', 1, null, true, { deep: 'ok' }] })).toEqual({
    '\\u{7}': ['\\u{1b}', 1, null, true, { deep: 'ok' }],
  })
})

test('escaped JSON parses to the same value', () => {
  const value = { name: '\u007f\u009b\u202e\u{e0001}é🎉', list: ['\n'] }
  const text = escapeJson(JSON.stringify(value, null, 2))
  expect(JSON.parse(text)).toEqual(value)
  expect(text.match(/[^\P{C}\n]/gu)).toBeNull()
})
