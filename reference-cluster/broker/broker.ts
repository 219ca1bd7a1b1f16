import { createServer } from 'node:net'
import { listen } from '../listen.js'
import type { BrokerConfig } from './contract.js'
import { Session } from './session.js'
import { Topics } from './topics.js'

export interface RunningBroker {
  readonly port: number
  /** Cuts every connection; newcomers are welcome. */
  disconnectAll(): void
  /** Cuts every connection and frees the port. */
  stop(): Promise<void>
}

/**
 * The embedded broker: Redis's pub/sub and nothing else of it, for machines without a redis-server. At most once, as
 * Redis is: who is not subscribed at that moment gets nothing.
 */
export async function startBroker(config: BrokerConfig): Promise<RunningBroker> {
  const topics = new Topics()
  const sessions = new Set<Session>()
  const server = createServer({ noDelay: true }, (socket) => {
    const session = new Session(socket, topics)
    sessions.add(session)
    socket.once('close', () => sessions.delete(session))
  })
  const port = await listen(server, config.host, config.port)
  const disconnectAll = (): void => {
    for (const session of sessions) session.cut()
  }

  return {
    port,
    disconnectAll,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        disconnectAll()
      }),
  }
}
