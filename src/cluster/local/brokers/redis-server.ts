import { EVERYWHERE } from '../../container.js'
import type { BrokerProgram } from './broker-program.js'
import { probe } from './probe.js'

const PORT = 6379
/** Not as an inline command, which the embedded broker does not read. */
const PING = '*1\r\n$4\r\nPING\r\n'
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
  isReady: (host, port, withinMs) =>
    probe({ host, port }, PING, (answer) => answer.startsWith('+PONG'), withinMs),
  async disconnectClients(host, port) {
    let closed: number | null = null
    const kill = 'CLIENT KILL TYPE normal\r\nCLIENT KILL TYPE pubsub\r\n'
    // The reply to each is `:<count>`. The connection that sends them is not closed.
    await probe({ host, port }, kill, (answer) => {
      const counts = /^:(\d+)\r\n:(\d+)\r\n/.exec(answer)
      if (counts !== null) closed = Number(counts[1]) + Number(counts[2])
      return counts !== null
    })
    return closed
  },
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
