import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { describeError, setupError, WsbenchError } from '../base/errors.js'
import { connectToCluster } from './control-client.js'
import { readLines, writeLine } from './lines.js'
import { type Reply, type Request, requestSchema } from './messages.js'
import { claimRuntimeDirectory, type RuntimeFiles } from './runtime-directory.js'

/** Answers one request; what it throws is sent to the client. `signal` fires when the client has gone. */
export type Answer = (request: Request, say: (reply: Reply) => void, signal: AbortSignal) => Promise<void>

/** Listens at the control socket, for this user alone; throws a setupError if a cluster is up already. */
export async function serveControl(files: RuntimeFiles, answer: Answer): Promise<Server> {
  claimRuntimeDirectory(files)
  await refuseSecond()
  rmSync(files.socket, { force: true })
  const server = createServer((socket) => serve(socket, answer))
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(setupError(`${files.socket}: ${error.message}`, undefined, error)))
    server.listen(files.socket, resolve)
  })
  chmodSync(files.socket, 0o600)
  return server
}

/** Throws if a cluster of this user is up. */
export async function refuseSecond(): Promise<void> {
  const other = await connectToCluster()
  other?.destroy()
  if (other !== null)
    throw setupError('a cluster is up already', 'wsbench cluster status, or wsbench cluster down')
}

function serve(socket: Socket, answer: Answer): void {
  const gone = new AbortController()
  let isAsked = false
  socket.on('error', () => socket.destroy())
  socket.once('close', () => gone.abort())
  readLines(socket, (message) => {
    if (isAsked) return
    isAsked = true
    const say = (reply: Reply): void => writeLine(socket, reply)
    void Promise.resolve()
      .then(() => answer(requestOf(message), say, gone.signal))
      .catch((error: unknown) => say(refused(error)))
      .finally(() => socket.end())
  })
}

/** Another version of wsbench may have sent it. */
function requestOf(message: unknown): Request {
  const parsed = requestSchema.safeParse(message)
  if (parsed.success) return parsed.data
  throw setupError('unknown request', 'is the cluster of another version of wsbench? wsbench cluster down')
}

function refused(error: unknown): Reply {
  if (!(error instanceof WsbenchError))
    return { type: 'refused', message: describeError(error), hint: null, exit: 'internal' }
  return { type: 'refused', message: error.message, hint: error.hint ?? null, exit: error.exit }
}
