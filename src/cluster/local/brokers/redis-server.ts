import { EVERYWHERE } from '../../container.js'
import { ask } from './ask.js'
import type { BrokerProgram } from './broker-program.js'

const PORT = 6379
const nothingOnDisk = ['--save', '', '--appendonly', 'no', '--daemonize', 'no']

/** Redis, keeping nothing on disk: a restarted one is empty. */
export const redisServer: BrokerProgram = {
  program: 'redis-server',
  arguments({ launcher, host, descriptors }, port) {
    // Redis needs 32 descriptors for itself and, short of them, would lower maxclients without a word to us.
    const clients = Math.max(16, Math.min(10_000, descriptors - 64))
    const place = ['--port', `${port}`, '--bind', host, '--dir', launcher.directory]
    return [...place, '--maxclients', `${clients}`, ...nothingOnDisk]
  },
  isReady: (host, port) => ask({ host, port }, 'PING\r\n', (answer) => answer.startsWith('+PONG')),
  // Each answers `:<how many>`; `normal` spares the connection that asks.
  disconnectClients: (host, port) =>
    ask({ host, port }, 'CLIENT KILL TYPE normal\r\nCLIENT KILL TYPE pubsub\r\n', (answer) =>
      /^:\d+\r\n:\d+\r\n/.test(answer),
    ),
  container: {
    spec: {
      image: 'redis:8.6-alpine',
      // Who may reach it is said by what is published.
      command: [
        ...['redis-server', '--port', `${PORT}`, '--bind', EVERYWHERE, '--protected-mode', 'no'],
        ...nothingOnDisk,
      ],
      healthcheck: ['redis-cli', 'ping'],
      ports: [PORT],
    },
    files: {},
  },
}
