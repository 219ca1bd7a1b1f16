import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CONFIG_DIRECTORY, EVERYWHERE } from '../../container.js'
import type { BrokerProgram } from './broker-program.js'
import { probe } from './probe.js'

/** A message of 1 MiB and its headers. */
const MAX_PAYLOAD_BYTES = 2 * 1024 * 1024

const CONFIG_FILE = 'nats.conf'
const PORT = 4222
const MONITOR_PORT = 8222

/** NATS with JetStream. Its store is in the run directory, so it keeps its data when it is restarted. */
export const natsServer: BrokerProgram = {
  program: 'nats-server',
  arguments({ launcher, host }, port) {
    const file = join(launcher.directory, CONFIG_FILE)
    writeFileSync(file, render(`${host}:${port}`, join(launcher.directory, 'jetstream')))
    return ['--config', file]
  },
  isReady: (host, port, withinMs) =>
    probe(
      { host, port },
      'CONNECT {"verbose":false}\r\nPING\r\n',
      (answer) => answer.includes('"jetstream":true') && answer.includes('PONG'),
      withinMs,
    ),
  disconnectClients: null,
  container: {
    spec: {
      image: 'nats:2.12-alpine',
      command: ['nats-server', '--config', `${CONFIG_DIRECTORY}/${CONFIG_FILE}`],
      healthcheck: ['wget', '-q', '-O', '/dev/null', `http://127.0.0.1:${MONITOR_PORT}/healthz`],
      ports: [PORT],
    },
    files: {
      [CONFIG_FILE]: `${render(`${EVERYWHERE}:${PORT}`, '/tmp/jetstream')}http: "127.0.0.1:${MONITOR_PORT}"\n`,
    },
  },
}

/** The configuration file, since max_payload has no flag. */
function render(listen: string, store: string): string {
  return `listen: "${listen}"\nmax_payload: ${MAX_PAYLOAD_BYTES}\njetstream: { store_dir: ${JSON.stringify(store)} }\n`
}
