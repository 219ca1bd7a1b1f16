import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readFeed } from './feed.js'

const read = (file: string, encoding: string | null = null) => readFeed({ file, encoding })
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
  ['semicolon.csv', 'id;note\n1;"a; b, c"\n', [{ id: '1', note: 'a; b, c' }]],
  ['tab.csv', 'id\tnote\n1\ta, b; c\n', [{ id: '1', note: 'a, b; c' }]],
  ['quoted-head.csv', '"a;b;c","d"\n1,2\n', [{ 'a;b;c': '1', d: '2' }]],
  [
    'cr.csv',
    'id,token\r1,abc\r2,def\r',
    [
      { id: '1', token: 'abc' },
      { id: '2', token: 'def' },
    ],
  ],
  ['trailing.csv', 'id,name,\n1,a,\n', [{ id: '1', name: 'a', '': '' }]],
  ['a.json', '[{"user":"ann","n":1,"is":true}]', [{ user: 'ann', n: '1', is: 'true' }]],
  [
    'snow.json',
    '[{"id": 12345678901234567891, "s": "1, 2e3 \\"9\\"", "x": -1.50, "y": 1E3}]',
    [{ id: '12345678901234567891', s: '1, 2e3 "9"', x: '-1.50', y: '1E3' }],
  ],
  ['lines.json', '{"id":1}\n\n{"id":9007199254740993}\n', [{ id: '1' }, { id: '9007199254740993' }]],
])('reads %s', (name, text, rows) => {
  const file = join(directory, name)
  writeFileSync(file, text)
  expect(read(file)).toEqual(rows)
})

it.each([
  ['[{', 'is not a JSON list of mappings'],
  ['[{"a":01}]', 'is not a JSON list of mappings'],
  ['{"a":1}\n{"a":hunter2}', ', line 2 is not JSON'],
  ['{\n"a":1}', ', line 1 is not JSON'],
  ['{"users":[{"id":1}]}', ', line 1: users must be text, a number, true or false'],
  ['id,name,id\n1,hunter2,3\n', ', line 1: columns 1 and 3 have the same name'],
  ['i\0d\0\n\0', 'has NUL characters'],
  ['[{"a":1},[1,2]]', ', row 2 is not a mapping'],
  ['[1,2]', ', row 1 is not a mapping'],
  ['[{"a":{"b":"hunter2"}}]', ', row 1: a must be text, a number, true or false'],
  ['[{"a":1},{"a":null}]', ', row 2: a must be text, a number, true or false'],
  ['user,token\nann,hunter2\nann,"hunter2"x\n', ', line 3: text stands after a quote that ends a value'],
  ['user,token\nann,"hunter2" \n', ', line 2: a space stands after a quote that ends a value'],
  ['user,token\nann, "hunter2, b"\n', ', line 2: a space stands before a quote'],
  ['user,token\nann,5" hunter2\n', ', line 2: a quote stands in a value that is not in quotes'],
  ['user,token\n"ann\nb",hunter2\n"c,hunter2\n', ', line 4: a quote is not closed'],
  ['user,token\n\n"a\nb",1\nhunter2\n', ', line 5: 1 values for 2 columns'],
  ['user\n', 'has no rows'],
  ['', 'has no rows'],
])('rejects %j without quoting a value', (text, words) => {
  const file = join(directory, 'bad')
  writeFileSync(file, text)
  expect(() => read(file)).toThrow(`feed ${file}${words.startsWith(',') ? '' : ' '}${words}`)
  expect(() => read(file)).not.toThrow(/hunter2/)
})

it('rejects a path that is not a file', () => {
  expect(() => read(directory)).toThrow(/can’t be read: EISDIR/)
})

it.each([
  ['names.csv', 'constructor,__proto__\nann,1\n'],
  ['names.json', '[{"constructor":"ann","__proto__":1}]'],
])('reads columns named like members of every object: %s', (name, text) => {
  const file = join(directory, name)
  writeFileSync(file, text)
  const [row] = read(file)
  expect(Object.entries(row!)).toEqual([
    ['constructor', 'ann'],
    ['__proto__', '1'],
  ])
})

describe('encodings', () => {
  const write = (name: string, bytes: Buffer) => {
    const file = join(directory, name)
    writeFileSync(file, bytes)
    return file
  }
  const utf16 = Buffer.from('\uFEFFid,name\r\n1,Zoë\r\n', 'utf16le')
  const latin1 = Buffer.from('id,name\n1,Zoë\n', 'latin1')

  it.each([
    ['UTF-16, little endian', utf16, null],
    ['UTF-16, big endian', Buffer.from(utf16).swap16(), null],
    ['Latin-1 that is named', latin1, 'latin1'],
    ['windows-1250 that is named', Buffer.from('id,name\n1,Zo\xeb\n', 'latin1'), 'windows-1250'],
  ])('reads %s', (name, bytes, encoding) => {
    expect(read(write(`${name}.csv`, bytes), encoding)).toEqual([{ id: '1', name: 'Zoë' }])
  })

  it('refuses what is not UTF-8, and says how to name its encoding', () => {
    const file = write('latin1.csv', latin1)
    expect(() => read(file)).toThrow(`feed ${file}, line 2: the text is not UTF-8`)
    expect(() => read(file)).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('encoding: latin1') }),
    )
  })
})
