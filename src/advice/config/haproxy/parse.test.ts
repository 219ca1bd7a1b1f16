import { describe, expect, it } from 'vitest'
import { parseHaproxy } from './parse.js'
import { effectiveLine, haproxyMs } from './proxies.js'

const wordsOf = (line: string) => parseHaproxy(`global\n${line}`, 'a.cfg')[0]!.lines[0]?.words

describe('the syntax of HAProxy', () => {
  it.each([
    ['  a b\t c # d', ['a', 'b', 'c']],
    ['log "a b#c" \'d"e\'', ['log', 'a b#c', 'd"e']],
    ['a b\\ c\\#d ""', ['a', 'b c#d', '']],
    ['  # nothing', undefined],
    ['.if defined(X)', undefined],
  ])('%j', (line, words) => {
    expect(wordsOf(line)).toEqual(words)
  })

  it('refuses a quote that is not closed', () => {
    expect(() => parseHaproxy('global\n log "a', 'a.cfg')).toThrow('a.cfg:2: the quote " is not closed')
  })

  it('a proxy has the defaults above it, or those that it names', () => {
    const text =
      'defaults one\n mode http\nbackend a\ndefaults\n mode tcp\nbackend b\nbackend c from one\n mode tcp\nbackend d from one'
    const modes = parseHaproxy(text, 'a.cfg')
      .filter(({ kind }) => kind === 'backend')
      .map((section) => [section.name, effectiveLine(section, 'mode')?.words[1]])
    expect(modes).toEqual([
      ['a', 'http'],
      ['b', 'tcp'],
      ['c', 'tcp'],
      ['d', 'http'],
    ])
  })

  it.each([
    ['5000', 5_000],
    ['30s', 30_000],
    ['1h', 3_600_000],
    ['500us', 0.5],
    ['1h30m', null],
  ])('the time %s', (text, ms) => {
    expect(haproxyMs(text)).toBe(ms)
  })
})
