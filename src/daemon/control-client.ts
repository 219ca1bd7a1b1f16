import { existsSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { setupError, WsbenchError } from '../base/errors.js'
import { readLines, writeLine } from './lines.js'
import type { Reply, Request } from './messages.js'
import { leaveRuntimeDirectory, type RuntimeFiles, runtimeFiles } from './runtime-directory.js'

/** Sends a request to the daemon of this user; resolves when it closes the connection, throws if it refuses. */
export async function ask(request: Request, onReply: (reply: Reply) => void): Promise<void> {
  const socket = await connectToCluster()
  if (socket === null) {
    await clearKilled(runtimeFiles())
    throw setupError('no cluster is up', 'wsbench cluster up --detach')
  }
  let refusal: WsbenchError | null = null
  let isAnswered = false
  readLines(socket, (message) => {
    const reply = message as Reply
    isAnswered = true
    if (reply.type === 'refused') refusal = refusalOf(reply)
    else onReply(reply)
  })
  writeLine(socket, request)
  await new Promise<void>((resolve) => socket.once('close', () => resolve()))
  if (refusal !== null) throw refusal
  if (!isAnswered) throw setupError('the cluster ended without an answer')
}

/** Between making its socket and listening at it, a daemon that starts refuses connections. */
const STARTS_WITHIN_MS = 500

/** A socket that nobody listens at is what a killed daemon left, and so is its log. While one starts, there is a log without a socket. */
async function clearKilled(files: RuntimeFiles): Promise<void> {
  if (!existsSync(files.socket)) return
  await delay(STARTS_WITHIN_MS)
  const late = await connectToCluster()
  late?.destroy()
  if (late === null) leaveRuntimeDirectory(files)
}

/** Null if none is up, even if one that was killed has left its socket. */
export function connectToCluster(): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createConnection(runtimeFiles().socket)
    socket.once('connect', () => resolve(socket))
    socket.on('error', () => resolve(null))
  })
}

function refusalOf({ message, hint, exit }: Extract<Reply, { type: 'refused' }>): WsbenchError {
  return new WsbenchError(message, { exit, hint: hint ?? undefined })
}
