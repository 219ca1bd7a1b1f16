/** Entry point of the faulty server's process, which is separate so that it shares no event loop with the generator. */
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
  else send({ type: 'expected', expected: server.expectedResult() })
}

process.on('message', (message) => void handle(message as ToFaultyServer))
process.on('disconnect', () => process.exit(0))
// Ctrl-C in a terminal signals the whole process group; the parent decides how the run ends.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
