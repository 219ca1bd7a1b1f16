import { createServer, type Socket } from 'node:net'
import { listen } from '../listen.js'
import type { BalancerConfig, PooledUpstream } from './contract.js'
import { Pool } from './pool.js'
import { Session } from './session.js'

export interface RunningBalancer {
  readonly port: number
  /** Holds for every connection accepted after it returns. */
  setUpstreams(upstreams: readonly PooledUpstream[]): void
  /** Cuts every connection and frees the port. */
  stop(): Promise<void>
}

/** The embedded L7 balancer: reads a connection's first request, picks a node for it, and from then on moves bytes. */
export async function startBalancer(config: BalancerConfig): Promise<RunningBalancer> {
  const pool = new Pool(config.strategy)
  pool.replace(config.upstreams.map((upstream) => ({ ...upstream, inPool: true })))
  const clients = new Set<Socket>()
  const server = createServer({ noDelay: true }, (client) => {
    clients.add(client)
    client.once('close', () => clients.delete(client))
    new Session(client, pool).start()
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
