import { expect, test } from 'vitest'
import {
  cookieOf,
  forwardedHead,
  HeadReader,
  MAX_HEAD_BYTES,
  parseRequestHead,
  type RequestHead,
} from './request-head.js'

test('a head is found however it is split into chunks, and the bytes after it are kept', () => {
  const bytes = Buffer.from('GET / HTTP/1.1\r\nA: b\r\n\r\nrest\r\n\r\n')
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const reader = new HeadReader()
    const first = reader.push(bytes.subarray(0, cut))
    const read = first ?? reader.push(bytes.subarray(cut))
    if (read === null || read === 'too-large') throw new Error(`nothing found when cut at ${cut}`)
    expect(read.head.toString()).toBe('GET / HTTP/1.1\r\nA: b\r\n\r\n')
    expect(read.rest.toString()).toBe(first ? bytes.subarray(24, cut).toString() : 'rest\r\n\r\n')
  }
})

test('a head has at most 16 KiB, in one chunk or several', () => {
  const fits = `GET / HTTP/1.1\r\nA: ${'b'.repeat(MAX_HEAD_BYTES - 23)}\r\n\r\n`
  expect(new HeadReader().push(Buffer.from(fits))).toMatchObject({ rest: Buffer.alloc(0) })
  expect(new HeadReader().push(Buffer.from(fits.replace('A:', 'AA:')))).toBe('too-large')
  const reader = new HeadReader()
  const drip = Array.from({ length: MAX_HEAD_BYTES + 1 }, () => reader.push(Buffer.from('x')))
  expect(drip.indexOf('too-large')).toBe(MAX_HEAD_BYTES)
})

test('an upgrade is forwarded unchanged, with the client appended to X-Forwarded-For', () => {
  const head = parse(
    'GET /ws/ HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\nConnection: Upgrade\r\nUpgrade: websocket',
  )
  expect(forwardedHead(head, '2.2.2.2').toString()).toBe(
    'GET /ws/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'X-Forwarded-For: 1.1.1.1, 2.2.2.2\r\n\r\n',
  )
})

test('any other request gets Connection: close', () => {
  const head = parse('GET /health HTTP/1.1\r\nHost: a\r\nConnection: keep-alive')
  expect(forwardedHead(head, '2.2.2.2').toString()).toBe(
    'GET /health HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 2.2.2.2\r\nConnection: close\r\n\r\n',
  )
})

test.each([
  ['Cookie: WSROUTE=n2', 'n2'],
  ['cookie: a=b; WSROUTE=n2; c=d', 'n2'],
  ['Cookie: a=b\r\nCookie: WSROUTE=n2', 'n2'],
  ['Cookie: XWSROUTE=n2', null],
  ['Cookie: WSROUTE', null],
  ['X: WSROUTE=n2', null],
])('%j has the cookie %j', (header, value) => {
  expect(cookieOf(parse(`GET / HTTP/1.1\r\n${header}`), 'WSROUTE')).toBe(value)
})

test.each([
  '',
  'hello',
  'GET / HTTP/2',
  'GET  / HTTP/1.1',
  'GET / HTTP/1.1\r\nno colon',
  'GET / HTTP/1.1\r\nA: b\r\n folded: c',
])('%j is not a request', (head) => {
  expect(parseRequestHead(Buffer.from(`${head}\r\n\r\n`))).toBeNull()
})

function parse(head: string): RequestHead {
  const parsed = parseRequestHead(Buffer.from(`${head}\r\n\r\n`))
  if (!parsed) throw new Error(`no request: ${head}`)
  return parsed
}
