import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { effectiveValue, within } from './directive.js'
import { parseNginx } from './parse.js'
import { nginxMs } from './websocket-blocks.js'

const braced = '$'.concat('{b}c')
const namesOf = (text: string) =>
  [...within(parseNginx(text, 'a.conf'))].slice(1).map(({ name, args, place }) => [place.line, name, ...args])

describe('the syntax of nginx', () => {
  it.each([
    [
      'a b; # c;\nd;',
      [
        [1, 'a', 'b'],
        [2, 'd'],
      ],
    ],
    [
      'log "x;{ }\n#" \'a"b\';\nnext;',
      [
        [1, 'log', 'x;{ }\n#', 'a"b'],
        [3, 'next'],
      ],
    ],
    [`set $a ${braced};`, [[1, 'set', '$a', braced]]],
    [
      'location ~ \\.php$ {\n  x "a\\"b";\n}',
      [
        [1, 'location', '~', '\\.php$'],
        [2, 'x', 'a"b'],
      ],
    ],
    [
      'a { content_by_lua_block { if x then { } end }\n b; }',
      [
        [1, 'a'],
        [1, 'content_by_lua_block'],
        [2, 'b'],
      ],
    ],
    ['"}" x;', [[1, '}', 'x']]],
  ])('%j', (text, directives) => {
    expect(namesOf(text)).toEqual(directives)
  })

  it.each([
    ['http {\n a;', 'a.conf:1: the block of http is not closed'],
    ['a;\n}', 'a.conf:2: a } that closes nothing'],
    ['a;\nb "c', 'a.conf:2: the quote " is not closed'],
    ['a {\n b\n}', 'a.conf:2: b has no ; at its end'],
  ])('refuses %j', (text, message) => {
    expect(() => parseNginx(text, 'a.conf')).toThrow(message)
  })

  it.each([
    ['60', 60_000],
    ['90s', 90_000],
    ['1h 30m', 5_400_000],
    ['500ms', 500],
    ['soon', null],
    ['$timeout', null],
  ])('the time %s', (text, ms) => {
    expect(nginxMs(text)).toBe(ms)
  })
})

it('follows includes from the directory of the first file, each with its own places', () => {
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-nginx-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  mkdirSync(join(directory, 'conf.d'))
  writeFileSync(join(directory, 'conf.d/b.conf'), 'two;')
  writeFileSync(join(directory, 'conf.d/a.conf'), '\none { include proxy; }')
  writeFileSync(join(directory, 'conf.d/a.conf~'), 'not read')
  writeFileSync(join(directory, 'proxy'), 'timeout 5s; include proxy;')
  const file = join(directory, 'nginx.conf')
  const config = parseNginx('http { include conf.d/*.conf; include missing.conf; }', file)
  const found = [...within(config)]
  expect(found.find(({ name }) => name === 'one')!.place).toEqual({
    file: join(directory, 'conf.d/a.conf'),
    line: 2,
  })
  expect(found.find(({ name }) => name === 'two')!.place).toEqual({
    file: join(directory, 'conf.d/b.conf'),
    line: 1,
  })
  expect(effectiveValue(found.find(({ name }) => name === 'one')!, 'timeout')).toBe('5s')
})
