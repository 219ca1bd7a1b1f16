import type { ConnectFailure } from '../../results/connect-failures.js'

const byCode: Readonly<Record<string, ConnectFailure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EMFILE: 'no-descriptors',
  ENFILE: 'no-descriptors',
  EADDRNOTAVAIL: 'no-ports',
  EADDRINUSE: 'no-ports',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'bad-certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'bad-certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'bad-certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'bad-certificate',
  CERT_SIGNATURE_FAILURE: 'bad-certificate',
  CERT_HAS_EXPIRED: 'bad-certificate',
  CERT_NOT_YET_VALID: 'bad-certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'bad-certificate',
}

export function failureOf(error: NodeJS.ErrnoException): ConnectFailure {
  const code = error.code ?? error.name
  return byCode[code] ?? `errno-${code}`
}
