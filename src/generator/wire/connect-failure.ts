/**
 * Why a connection never opened. `closed`: the server ended it without an answer. `http-503`: answered, but not 101.
 * `aborted`: by our own `destroy()` or `close()`. `errno-…`: an error of the system that has no name here.
 */
export type ConnectFailure =
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'unreachable'
  | 'no-descriptors'
  | 'no-ports'
  | 'bad-handshake'
  | 'closed'
  | 'aborted'
  | `http-${number}`
  | `errno-${string}`

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
}

export function failureOf(error: NodeJS.ErrnoException): ConnectFailure {
  const code = error.code ?? error.name
  return byCode[code] ?? `errno-${code}`
}
