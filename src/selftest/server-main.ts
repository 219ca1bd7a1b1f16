/** Entry point of the lying server's process: it shares no event loop with what it is to test. */
import { FaultyServer } from './faulty-server.js'
import type { FromFaultyServer, ToFaultyServer } from './messages.js'

let server: FaultyServer | undefined

function send(message: FromFaultyServer): void {
  process.send?.(message)
}

async function handle(message: ToFaultyServer): Promise<void> {
  if (message.type === 'init') {
    server = new FaultyServer(message.size, message.seed)
    send({ type: 'ready', port: await server.listen() })
    return
  }
  if (!server) throw new Error(`${message.type} before init`)
  if (message.type === 'begin') server.begin(message.measureMicros)
  else send({ type: 'truth', truth: server.truth() })
}

process.on('message', (message) => void handle(message as ToFaultyServer))
process.on('disconnect', () => process.exit(0))
// A terminal's Ctrl-C reaches the whole group; the parent decides what becomes of the run.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
