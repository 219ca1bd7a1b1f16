/**
 * Why a connection never opened, but for two kinds that carry what was said. `closed`: the server ended it without an answer.
 * `bad-certificate`: the server's is not by the CA to trust, or not for that host. `tls-failed`: any other end of the TLS
 * handshake, such as an alert of a server that wants a client certificate. `not-ready`: it opened, but its subscription did not
 * stand in time. `aborted`: by our own `destroy()` or `close()`.
 */
export const connectFailures = [
  'refused',
  'reset',
  'timeout',
  'unreachable',
  'no-descriptors',
  'no-ports',
  'bad-certificate',
  'tls-failed',
  'not-ready',
  'bad-handshake',
  'closed',
  'aborted',
] as const

/** `http-503`: answered, but not 101. `errno-…`: an error of the system that has no name here. */
export type ConnectFailure = (typeof connectFailures)[number] | `http-${number}` | `errno-${string}`

export function isConnectFailure(kind: string): boolean {
  return (connectFailures as readonly string[]).includes(kind) || /^(http-[1-5]\d\d|errno-\w+)$/.test(kind)
}
