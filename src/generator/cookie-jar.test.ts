import { describe, expect, it } from 'vitest'
import { CookieJar } from './cookie-jar.js'

const origin = { host: 'ws.example.com', path: '/chat/live?v=1' }

function headerAfter(...answers: readonly string[]): string | undefined {
  const jar = new CookieJar()
  for (const line of answers) jar.store([line], origin)
  return jar.headerFor(origin)
}

it('sends back the last value of each cookie', () => {
  const jar = new CookieJar()
  expect(jar.headerFor(origin)).toBeUndefined()
  jar.store(['WSROUTE=n1; Path=/; HttpOnly', 'theme=dark; path=/', 'nonsense', '=x'], origin)
  expect(jar.headerFor(origin)).toBe('WSROUTE=n1; theme=dark')
  jar.store(['WSROUTE=n2; path=/'], origin)
  expect(jar.headerFor(origin)).toBe('WSROUTE=n2; theme=dark')
  expect(jar.get('WSROUTE')).toBe('n2')
})

it.each([
  [
    'a path of its own makes it another cookie, and the longer path is sent first',
    ['a=1; Path=/', 'a=2; Path=/chat'],
  ],
  ['the default path is the folder of the request', ['a=1; Path=/', 'a=2']],
])('%s', (_rule, answers) => {
  expect(headerAfter(...answers)).toBe('a=2; a=1')
})

it.each<[string, string, string | undefined]>([
  ['/', '/', 'a=1'],
  ['of the request', '/chat/live', 'a=1'],
  ['above it', '/chat', 'a=1'],
  ['above it, with a slash', '/chat/', 'a=1'],
  ['that only begins alike', '/cha', undefined],
  ['beside it', '/admin', undefined],
  ['that is none', 'chat', 'a=1'],
])('a path %s: %s', (_which, path, header) => {
  expect(headerAfter(`a=1; Path=${path}`)).toBe(header)
})

it.each<[string, string | undefined]>([
  ['ws.example.com', 'a=1'],
  ['.EXAMPLE.com', 'a=1'],
  ['', 'a=1'],
  ['other.com', undefined],
  ['s.example.com', undefined],
])('a domain %j', (domain, header) => {
  expect(headerAfter(`a=1; Path=/; Domain=${domain}`)).toBe(header)
})

it('an IP address is no part of a domain', () => {
  const jar = new CookieJar()
  jar.store(['a=1; Path=/; Domain=0.0.1'], { host: '127.0.0.1', path: '/' })
  expect(jar.headerFor({ host: '127.0.0.1', path: '/' })).toBeUndefined()
})

describe('expiry', () => {
  it('removes a cookie', () => {
    const deletions = ['a=; Path=/; Max-Age=0', 'b=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT']
    expect(headerAfter('a=1; Path=/', 'b=2; Path=/', 'c=3; Path=/', ...deletions)).toBe('c=3')
  })

  it('of another path removes nothing', () => {
    expect(headerAfter('a=1; Path=/', 'a=; Path=/other; Max-Age=0')).toBe('a=1')
  })

  it('ends a cookie during the run, and Max-Age wins over Expires', () => {
    const jar = new CookieJar()
    jar.store(['a=1; Path=/; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT', 'b=2; Path=/'], origin, 1_000)
    expect(jar.headerFor(origin, 5_999)).toBe('a=1; b=2')
    expect(jar.headerFor(origin, 6_000)).toBe('b=2')
  })
})

describe('cookies of the scenario', () => {
  const after = (...answers: string[]) => {
    const jar = new CookieJar()
    jar.add([
      ['sid', 'mine'],
      ['theme', 'dark'],
    ])
    jar.store(answers, origin)
    return jar.headerFor(origin)
  }

  it.each([
    ['are sent until the server replaces them', [], 'sid=mine; theme=dark'],
    ['are replaced in their place', ['sid=yours; Path=/'], 'sid=yours; theme=dark'],
    [
      'are replaced by a cookie of any path and domain that is sent there',
      ['sid=yours; Domain=example.com'],
      'sid=yours; theme=dark',
    ],
    ['are deleted', ['sid=; Path=/; Max-Age=0'], 'theme=dark'],
    ['stay if the server’s cookie is for another path', ['sid=yours; Path=/admin'], 'sid=mine; theme=dark'],
  ])('%s', (_rule, answers, header) => {
    expect(after(...answers)).toBe(header)
  })
})
