import { readFileSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { listen } from '../listen.js'
import type { BalancerConfig, PooledUpstream } from './contract.js'
import { Pool } from './pool.js'
import { Session } from './session.js'

export interface RunningBalancer {
  readonly port: number
  /** Applies to every connection accepted after it returns. */
  setUpstreams(upstreams: readonly PooledUpstream[]): void
  /** Closes every connection and frees the port. */
  stop(): Promise<void>
}

/** The embedded L7 balancer: reads a connection's first request, picks a node for it, and from then on copies bytes. */
export async function startBalancer(config: BalancerConfig): Promise<RunningBalancer> {
  const pool = new Pool(config.strategy)
  pool.replace(config.upstreams.map((upstream) => ({ ...upstream, inPool: true })))
  const clients = new Set<Socket>()
  const server = createListener(config.tls, (client) => new Session(client, pool).start())
  server.on('connection', (client: Socket) => {
    clients.add(client)
    client.once('close', () => clients.delete(client))
  })
  const port = await listen(server, config.host, config.port)

  return {
    port,
    setUpstreams: (upstreams) => pool.replace(upstreams),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const client of clients) client.destroy()
      }),
  }
}

/** `accept` gets each connection once it can carry HTTP: with TLS, after the handshake. */
function createListener(tls: BalancerConfig['tls'], accept: (client: Socket) => void): Server {
  if (tls === null) return createServer({ noDelay: true }, accept)
  const [cert, key] = [readFileSync(tls.certificateFile), readFileSync(tls.keyFile)]
  return createTlsServer({ cert, key, noDelay: true }, accept)
}
