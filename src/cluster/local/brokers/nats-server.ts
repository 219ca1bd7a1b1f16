import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask } from './ask.js'
import type { BrokerProgram } from './broker-program.js'

/** A message of 1 MiB, and headers. */
const MAX_PAYLOAD_BYTES = 2 * 1024 * 1024

/** NATS with JetStream, whose store is in the run directory: a restarted one has it still. */
export const natsServer: BrokerProgram = {
  program: 'nats-server',
  arguments({ launcher, host }, port) {
    const file = join(launcher.directory, 'nats.conf')
    const store = JSON.stringify(join(launcher.directory, 'jetstream'))
    // max_payload has no flag.
    writeFileSync(
      file,
      `listen: "${host}:${port}"\nmax_payload: ${MAX_PAYLOAD_BYTES}\njetstream: { store_dir: ${store} }\n`,
    )
    return ['--config', file]
  },
  isReady: (host, port) =>
    ask({ host, port }, 'CONNECT {"verbose":false}\r\nPING\r\n', (answer) => {
      return answer.includes('"jetstream":true') && answer.includes('PONG')
    }),
  disconnectClients: null,
}
