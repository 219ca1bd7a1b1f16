import { expect, it } from 'vitest'
import { failureOf } from './connect-failure.js'

it.each([
  ['EHOSTUNREACH', 'unreachable'],
  ['ENETUNREACH', 'unreachable'],
  ['ETIMEDOUT', 'timeout'],
  ['ENFILE', 'no-descriptors'],
  ['EADDRINUSE', 'no-ports'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'bad-certificate'],
  ['INVALID_CA', 'bad-certificate'],
  ['CERT_REVOKED', 'bad-certificate'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'tls-failed'],
  ['ENOBUFS', 'no-memory'],
  ['ENOTFOUND', 'unknown-host'],
  ['EACCES', 'not-permitted'],
  ['EWHATEVER', 'errno-EWHATEVER'],
])('maps %s to %s', (code, kind) => {
  expect(failureOf(Object.assign(new Error(code), { code }))).toBe(kind)
})

it('names an error without a code by its class', () => {
  expect(failureOf(new TypeError('what'))).toBe('errno-TypeError')
})
