import { expect, it } from 'vitest'
import { failureOf } from './connect-failure.js'

it.each([
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['ENFILE', 'no-descriptors'],
  ['EADDRINUSE', 'no-ports'],
  ['ENOBUFS', 'errno-ENOBUFS'],
])('tells %s as %s', (code, kind) => {
  expect(failureOf(Object.assign(new Error(code), { code }))).toBe(kind)
})

it('names an error without a code by its class', () => {
  expect(failureOf(new TypeError('what'))).toBe('errno-TypeError')
})
