import type { ConnectFailure } from '../../results/connect-failures.js'

const byCode: Readonly<Record<string, ConnectFailure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  ENOTFOUND: 'unknown-host',
  EAI_AGAIN: 'unknown-host',
  EACCES: 'not-permitted',
  EPERM: 'not-permitted',
  ENOBUFS: 'no-memory',
  ENOMEM: 'no-memory',
  EMFILE: 'no-descriptors',
  ENFILE: 'no-descriptors',
  EADDRNOTAVAIL: 'no-ports',
  EADDRINUSE: 'no-ports',
}

/** Error codes of OpenSSL and Node for a bad server certificate. */
const badCertificate = new Set([
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_DECRYPT_CERT_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** What the system says of it, if it says more than the kind. */
export function failureWords(error: Error & { readonly reason?: unknown }): string {
  const kind = failureOf(error)
  if (kind === 'bad-certificate') return error.message
  // The message of OpenSSL also names its source files.
  return kind === 'tls-failed' && typeof error.reason === 'string' ? error.reason : ''
}

export function failureOf(error: NodeJS.ErrnoException): ConnectFailure {
  const code = error.code ?? error.name
  if (badCertificate.has(code)) return 'bad-certificate'
  if (code.startsWith('ERR_SSL_')) return 'tls-failed'
  return byCode[code] ?? `errno-${code}`
}
