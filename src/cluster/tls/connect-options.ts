import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { EndpointTls } from '../cluster.js'

export interface TlsConnectOptions {
  readonly servername: string
  readonly rejectUnauthorized: boolean
  readonly secureContext: SecureContext
}

/** Options of `tls.connect` to `host`: for WebSocket connections and HTTP requests alike. */
export function tlsConnectOptions(host: string, tls: EndpointTls): TlsConnectOptions {
  return {
    // SNI takes no IP addresses. The certificate is checked against the address all the same.
    servername: tls.serverName ?? (isIP(host) === 0 ? host : ''),
    rejectUnauthorized: tls.isInsecure !== true,
    secureContext: contextOf(tls),
  }
}

const contexts = new WeakMap<EndpointTls, SecureContext>()

/** Parsing a CA takes longer than a handshake, so connections with the same settings share one context. */
function contextOf(tls: EndpointTls): SecureContext {
  const known = contexts.get(tls)
  if (known) return known
  const { ca, cert, key } = tls
  const context = createSecureContext({ ...(ca === null ? {} : { ca }), cert, key })
  contexts.set(tls, context)
  return context
}
