/** Entry point of a generator worker, which runs its share of the clients and publishers at the parent's requests. */

import { withoutFilled } from './external/filled.js'
import type { FromWorker, ToWorker } from './messages.js'
import { WorkerRun } from './worker-run.js'

let run: WorkerRun | undefined

function send(message: FromWorker): void {
  process.send?.(message)
}

function handle(message: ToWorker): void {
  if (message.type === 'init') {
    void begin(message)
    return
  }
  if (message.type === 'exit') process.exit(0)
  if (!run) throw new Error(`${message.type} before init`)
  if (message.type === 'connect') run.connect()
  else if (message.type === 'start') run.start(message.measureMicros)
  else if (message.type === 'stop') run.stop()
  else if (message.type === 'disturb') run.disturb(message)
  else if (message.type === 'endDisturbance') run.endDisturbance(message.id)
  else if (message.type === 'ledgers') run.settle(message.ledgers)
  else run.judge(message)
}

async function begin(message: Extract<ToWorker, { type: 'init' }>): Promise<void> {
  run = await WorkerRun.open(message, send)
  send({ type: 'ready' })
}

function reportFault(error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  send({ type: 'fault', message: withoutFilled(message) })
  process.exit(1)
}

process.on('message', (message) => handle(message as ToWorker))
// The parent has exited.
process.on('disconnect', () => process.exit(0))
// What ends a service or a session may be sent to each of its processes; the parent decides how the run ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('uncaughtException', reportFault)
process.on('unhandledRejection', reportFault)
