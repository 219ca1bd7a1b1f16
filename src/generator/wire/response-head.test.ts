import { describe, expect, it } from 'vitest'
import { parseResponseHead } from './response-head.js'

describe('parseResponseHead', () => {
  it('lowers names, joins repeated headers and keeps cookies apart', () => {
    const head = parseResponseHead(
      'HTTP/1.1 101 Switching Protocols\r\nUPGRADE: websocket\r\nvia:a\r\nVia: \t b \r\nSet-Cookie: a=1\r\nset-cookie: b=2, c\r\nX-Empty:',
    )
    expect(head?.version).toBe('1.1')
    expect(head?.status).toBe(101)
    expect(Object.fromEntries(head?.headers ?? [])).toEqual({
      upgrade: 'websocket',
      via: 'a, b',
      'x-empty': '',
    })
    expect(head?.setCookies).toEqual(['a=1', 'b=2, c'])
  })

  it.each(['HTTP/1.0 503 Service Unavailable', 'HTTP/1.1 502', 'HTTP/1.1 404 '])(
    'accepts the status line %j',
    (line) => {
      expect(parseResponseHead(line)?.status).toBe(Number(line.slice(9, 12)))
    },
  )

  it.each([
    '',
    'HTTP/2 101',
    'HTTP/1.1 99 Low',
    'HTTP/1.1 1010 Long',
    'HTTP/1.1  101 Two spaces',
    'ICY 200 OK',
    'HTTP/1.1 101 OK\r\nno colon',
    'HTTP/1.1 101 OK\r\n: no name',
    'HTTP/1.1 101 OK\r\nspace before : colon',
    'HTTP/1.1 101 OK\r\nname: value\r\n folded',
    'HTTP/1.1 101 OK\r\nname: bare\rreturn',
    'HTTP/1.1 101 OK\r\nname: bare\nnewline',
    'HTTP/1.1 101 OK\r\nname: nul\0',
  ])('refuses %j', (text) => {
    expect(parseResponseHead(text)).toBeNull()
  })
})
