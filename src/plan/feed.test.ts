import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readFeed } from './feed.js'

const directory = mkdtempSync(join(tmpdir(), 'wsbench-feed-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

it.each([
  [
    'a.csv',
    'user,token\nann,1\n"b, ""c""",2\r\n\n,3',
    [
      { user: 'ann', token: '1' },
      { user: 'b, "c"', token: '2' },
      { user: '', token: '3' },
    ],
  ],
  ['lines.csv', '\uFEFFa,"b"\n"1\n2",\n', [{ a: '1\n2', b: '' }]],
  ['a.json', '[{"user":"ann","n":1,"is":true}]', [{ user: 'ann', n: '1', is: 'true' }]],
])('reads %s', (name, text, rows) => {
  const file = join(directory, name)
  writeFileSync(file, text)
  expect(readFeed(file)).toEqual(rows)
})

it.each([
  ['[{', 'is not a JSON list of mappings'],
  ['[{"a":1},[1,2]]', ', row 2 is not a mapping'],
  ['[1,2]', ', row 1 is not a mapping'],
  ['[{"a":{"b":"hunter2"}}]', ', row 1: a must be text, a number, true or false'],
  ['[{"a":1},{"a":null}]', ', row 2: a must be text, a number, true or false'],
  [
    'user,token\nann,hunter2\nann,"hunter2"x\n',
    ', line 3: a quote is not closed, or does not enclose the whole value',
  ],
  [
    'user,token\n"ann\nb",hunter2\n"c,hunter2\n',
    ', line 4: a quote is not closed, or does not enclose the whole value',
  ],
  ['user,token\n\n"a\nb",1\nhunter2\n', ', line 5: 1 values for 2 columns'],
  ['user\n', 'has no rows'],
  ['', 'has no rows'],
])('rejects %j without quoting a value', (text, words) => {
  const file = join(directory, 'bad')
  writeFileSync(file, text)
  expect(() => readFeed(file)).toThrow(`feed ${file}${words.startsWith(',') ? '' : ' '}${words}`)
  expect(() => readFeed(file)).not.toThrow(/hunter2/)
})

it('rejects a path that is not a file', () => {
  expect(() => readFeed(directory)).toThrow(/can’t be read: EISDIR/)
})

it.each([
  ['names.csv', 'constructor,__proto__\nann,1\n'],
  ['names.json', '[{"constructor":"ann","__proto__":1}]'],
])('reads columns named like members of every object: %s', (name, text) => {
  const file = join(directory, name)
  writeFileSync(file, text)
  const [row] = readFeed(file)
  expect(Object.entries(row!)).toEqual([
    ['constructor', 'ann'],
    ['__proto__', '1'],
  ])
})
