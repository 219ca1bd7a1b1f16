import { describe, expect, it } from 'vitest'
import { buildRequest, createKey, refusalOf } from './handshake.js'
import { parseResponseHead } from './response-head.js'

// The example of RFC 6455 §1.3.
const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const ACCEPTED = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
}

describe('buildRequest', () => {
  it('has the headers that RFC 6455 §4.1 requires, then the cookie and further headers', () => {
    const request = {
      host: '127.0.0.1',
      port: 80,
      path: '/ws/',
      cookie: 'a=1',
      headers: { Origin: 'http://x' },
    }
    expect(buildRequest(request, KEY).split('\r\n')).toEqual([
      'GET /ws/ HTTP/1.1',
      'Host: 127.0.0.1',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${KEY}`,
      'Cookie: a=1',
      'Origin: http://x',
      '',
      '',
    ])
  })

  it.each([
    ['ws', 80, 'h'],
    ['ws', 443, 'h:443'],
    ['wss', 443, 'h'],
    ['wss', 80, 'h:80'],
  ])('%s://h:%i: Host has the port unless it is the scheme’s default', (scheme, port, expected) => {
    const request = { host: 'h', port, path: '/', tls: scheme === 'wss' ? { ca: null } : null }
    expect(buildRequest(request, KEY)).toContain(`\r\nHost: ${expected}\r\n`)
  })

  it('a Host given in the headers replaces its own', () => {
    const headers = { 'x-a': '1', HOST: 'chat.example', 'x-b': '2' }
    const lines = buildRequest({ host: 'h', port: 1, path: '/', headers }, KEY).split('\r\n')
    expect(lines[1]).toBe('Host: chat.example')
    expect(lines.filter((line) => /^(host|x-)/i.test(line))).toEqual([lines[1], 'x-a: 1', 'x-b: 2'])
  })

  it('puts an IPv6 address in brackets and omits optional headers', () => {
    const text = buildRequest({ host: '::1', port: 8080, path: '/' }, KEY)
    expect(text).toContain('\r\nHost: [::1]:8080\r\n')
    expect(text).not.toContain('Cookie')
    expect(text).not.toContain('Extensions')
  })
})

it('offers permessage-deflate if asked to, and accepts it', () => {
  const request = { host: 'h', port: 80, path: '/', offersDeflate: true }
  expect(buildRequest(request, KEY)).toContain(
    '\r\nSec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n',
  )
  const accepted = { 'Sec-WebSocket-Extensions': 'permessage-deflate; server_no_context_takeover' }
  expect(refusalOf(answer(accepted), KEY, request)).toBeNull()
  expect(refusalOf(answer({}), KEY, request)).toBeNull()
  expect(refusalOf(answer({ 'Sec-WebSocket-Extensions': 'permessage-deflate' }), KEY, request)).toMatchObject(
    {
      kind: 'bad-handshake',
      words: expect.stringContaining('server_no_context_takeover'),
    },
  )
})

describe('createKey', () => {
  it('is 16 bytes in base64, different each time', () => {
    const keys = Array.from({ length: 100 }, createKey)
    expect(new Set(keys).size).toBe(100)
    expect(keys.every((key) => Buffer.from(key, 'base64').length === 16)).toBe(true)
  })
})

describe('refusalOf', () => {
  it.each([
    ['the example of the RFC', {}],
    ['any case', { Upgrade: 'WebSocket', Connection: 'UPGRADE' }],
    ['upgrade among other tokens', { Connection: 'keep-alive, Upgrade' }],
  ])('accepts %s', (_name, changes) => {
    expect(refusalOf(answer(changes), KEY)).toBeNull()
  })

  it.each<[Record<string, string | undefined>, string]>([
    [
      { 'Sec-WebSocket-Accept': 'of another key' },
      'Sec-WebSocket-Accept: of another key, expected the answer to this Sec-WebSocket-Key',
    ],
    [
      { 'Sec-WebSocket-Accept': undefined },
      'no Sec-WebSocket-Accept, expected the answer to this Sec-WebSocket-Key',
    ],
    [{ Upgrade: undefined }, 'no Upgrade, expected websocket'],
    [{ Upgrade: 'h2c' }, 'Upgrade: h2c, expected websocket'],
    [{ Connection: 'keep-alive' }, 'Connection: keep-alive, expected Upgrade'],
    [{ Connection: undefined }, 'no Connection, expected Upgrade'],
    [{ 'Sec-WebSocket-Extensions': 'x-mux' }, 'an extension that was not offered'],
  ])('of %j says which check failed', (changes, words) => {
    expect(refusalOf(answer(changes), KEY)).toEqual({
      kind: 'bad-handshake',
      words: expect.stringContaining(words),
    })
  })

  const answered = { 'Sec-WebSocket-Protocol': 'chat' }

  it.each([
    ['none of two', ['v2', 'v1'], {}, 'the server chose none of the subprotocols offered: v2, v1'],
    ['another', ['v2'], answered, 'the server chose subprotocol chat, which was not offered'],
    ['one though none was offered', [], answered, 'the server chose subprotocol chat, which was not offered'],
  ])('refuses an answer that chooses %s', (_which, subprotocols, changes, words) => {
    expect(refusalOf(answer(changes), KEY, { subprotocols })).toEqual({ kind: 'bad-subprotocol', words })
  })

  it('accepts one of the subprotocols that were offered', () => {
    expect(refusalOf(answer(answered), KEY, { subprotocols: ['v2', 'chat'] })).toBeNull()
  })

  it('refuses HTTP/1.0', () => {
    expect(refusalOf(answer({}, 'HTTP/1.0 101 OK'), KEY)).toEqual({
      kind: 'bad-handshake',
      words: 'HTTP/1.0 instead of 1.1',
    })
  })

  it.each([200, 302, 401, 502, 503])('reports status %i, and the headers that say why', (status) => {
    const told = { Location: '/elsewhere', 'WWW-Authenticate': 'Bearer', 'X-Other': 'x' }
    expect(refusalOf(answer(told, `HTTP/1.1 ${status} Because`), KEY)).toEqual({
      kind: `http-${status}`,
      words: 'Because; Location: /elsewhere; WWW-Authenticate: Bearer',
    })
  })
})

function answer(
  changes: Record<string, string | undefined>,
  statusLine = 'HTTP/1.1 101 Switching Protocols',
) {
  const headers = Object.entries({ ...ACCEPTED, ...changes }).filter(([, value]) => value !== undefined)
  return parseResponseHead([statusLine, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n'))!
}
