import { createServer } from 'node:net'
import { listen } from '../listen.js'
import type { BrokerConfig } from './contract.js'
import { Session } from './session.js'
import { Topics } from './topics.js'

export interface RunningBroker {
  readonly port: number
  /** Closes every connection, and returns how many; new ones are accepted. */
  disconnectAll(): number
  /** Closes every connection and frees the port. */
  stop(): Promise<void>
}

/**
 * The embedded broker: only the pub/sub of Redis, for machines without a redis-server. Delivery is at most once, as in
 * Redis: a message reaches those who are subscribed at that moment.
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
  const disconnectAll = (): number => {
    const { size } = sessions
    for (const session of sessions) session.disconnect()
    return size
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
