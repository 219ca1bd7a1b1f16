import { ask } from './ask.js'
import type { BrokerProgram } from './broker-program.js'

/** Redis, keeping nothing on disk: a restarted one is empty. */
export const redisServer: BrokerProgram = {
  program: 'redis-server',
  arguments({ launcher, host, descriptors }, port) {
    // Redis needs 32 descriptors for itself and, short of them, would lower maxclients without a word to us.
    const clients = Math.max(16, Math.min(10_000, descriptors - 64))
    const network = ['--port', `${port}`, '--bind', host, '--maxclients', `${clients}`]
    return [...network, '--dir', launcher.directory, '--save', '', '--appendonly', 'no', '--daemonize', 'no']
  },
  isReady: (host, port) => ask({ host, port }, 'PING\r\n', (answer) => answer.startsWith('+PONG')),
  // Each answers `:<how many>`; `normal` spares the connection that asks.
  disconnectClients: (host, port) =>
    ask({ host, port }, 'CLIENT KILL TYPE normal\r\nCLIENT KILL TYPE pubsub\r\n', (answer) =>
      /^:\d+\r\n:\d+\r\n/.test(answer),
    ),
}
