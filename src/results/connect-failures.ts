/**
 * Why a connection attempt failed, except for the kinds of `ConnectFailure` that carry a code. `closed`: the server ended
 * the connection without an answer. `bad-certificate`: not from the trusted CA, or not for that host. `tls-failed`: any other
 * failure of the TLS handshake, such as an alert of a server that requires a client certificate. `rejected`: connected, but the
 * server's protocol refused (CONNECT_ERROR, CONNACK, a join). `not-ready`: connected, but not subscribed in time. `bad-subprotocol`: the
 * server chose none of the subprotocols that were offered, or another. `not-permitted`: by this machine, such as its firewall.
 * `aborted`: by wsbench's own `destroy()` or `close()`.
 */
export const connectFailures = [
  'refused',
  'reset',
  'timeout',
  'unreachable',
  'unknown-host',
  'not-permitted',
  'no-memory',
  'no-descriptors',
  'no-ports',
  'bad-certificate',
  'tls-failed',
  'rejected',
  'not-ready',
  'bad-handshake',
  'bad-subprotocol',
  'closed',
  'aborted',
] as const

/**
 * `http-503`: answered with another status than 101. `close-4401`: connected, but closed with this code before it was subscribed.
 * `errno-…`: any other system error.
 */
export type ConnectFailure =
  | (typeof connectFailures)[number]
  | `http-${number}`
  | `close-${number}`
  | `errno-${string}`

export function isConnectFailure(kind: string): boolean {
  return (
    (connectFailures as readonly string[]).includes(kind) ||
    /^(http-[1-5]\d\d|close-[1-4]\d\d\d|errno-\w+)$/.test(kind)
  )
}
