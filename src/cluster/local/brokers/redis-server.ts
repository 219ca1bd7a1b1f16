import { EVERYWHERE } from '../../container.js'
import type { BrokerProgram } from './broker-program.js'
import { probe } from './probe.js'

const PORT = 6379
const nothingOnDisk = ['--save', '', '--appendonly', 'no', '--daemonize', 'no']

/** Redis without persistence: it is empty when it is restarted. */
export const redisServer: BrokerProgram = {
  program: 'redis-server',
  arguments({ launcher, host, descriptors }, port) {
    // Redis needs 32 descriptors for itself; if they are missing, it lowers maxclients without an error.
    const clients = Math.max(16, Math.min(10_000, descriptors - 64))
    const place = ['--port', `${port}`, '--bind', host, '--dir', launcher.directory]
    return [...place, '--maxclients', `${clients}`, ...nothingOnDisk]
  },
  isReady: (host, port) => probe({ host, port }, 'PING\r\n', (answer) => answer.startsWith('+PONG')),
  // The reply to each is `:<count>`. The connection that sends them is not closed.
  disconnectClients: (host, port) =>
    probe({ host, port }, 'CLIENT KILL TYPE normal\r\nCLIENT KILL TYPE pubsub\r\n', (answer) =>
      /^:\d+\r\n:\d+\r\n/.test(answer),
    ),
  container: {
    spec: {
      image: 'redis:8.6-alpine',
      // Its port is only published on 127.0.0.1.
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
