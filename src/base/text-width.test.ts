import { expect, test } from 'vitest'
import { clip, widthOf, wrap } from './text-width.js'

test.each([
  ['', 0],
  ['plain', 5],
  ['\u001b[31mred\u001b[39m', 3],
  ['北京', 4],
  ['🎉', 2],
  ['e\u0301', 1],
])('width of %j', (text, width) => {
  expect(widthOf(text)).toBe(width)
})

test('clipped text ends with an ellipsis and fits', () => {
  expect(clip('rolling', 7)).toBe('rolling')
  expect(clip('rolling', 5)).toBe('roll…')
  expect(clip('北京北京', 6)).toBe('北京…')
})

test('breaks lines between words, and within a word only if it is too long', () => {
  expect(wrap('lower the rate or shorten it', 10)).toEqual(['lower the', 'rate or', 'shorten it'])
  expect(wrap('a abcdefgh b', 5)).toEqual(['a', 'abcde', 'fgh b'])
})
