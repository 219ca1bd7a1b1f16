import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '../client.js'
import { closeCodes } from '../close-codes.js'
import { within } from '../within.js'

/** How long after the window the last clients may take to move, or to answer their Close. */
export const GRACE_MS = 4_000
/** How long they have to answer a Close that is sent after that. */
export const LAST_MS = 1_000

/** When no client has connected for this long, the balancer has none left to send. */
const QUIET_MS = 300
const QUIET_DEADLINE_MS = 2_000
const POLL_MS = 20

export function sendAway(client: Client): void {
  client.close(closeCodes.goingAway, 'node is draining')
}

/** Resolves once all have disconnected; after `deadlineMs` the rest are terminated. */
export async function endWithin(clients: readonly Client[], deadlineMs: number): Promise<void> {
  await gone(clients, deadlineMs)
  for (const client of clients) client.websocket.terminate()
  await Promise.all(clients.map(closed))
}

/** Resolves once all have disconnected, after `deadlineMs` at the latest. */
export async function gone(clients: readonly Client[], deadlineMs: number): Promise<void> {
  await within(deadlineMs, Promise.all(clients.map(closed)))
}

/** Resolves once `accepted` has not changed for QUIET_MS, after QUIET_DEADLINE_MS at the latest. */
export async function quiet(accepted: () => number): Promise<void> {
  const startMs = performance.now()
  let before = accepted()
  let unchangedSinceMs = startMs
  for (let nowMs = startMs; nowMs - unchangedSinceMs < QUIET_MS && nowMs - startMs < QUIET_DEADLINE_MS; ) {
    await sleep(POLL_MS)
    nowMs = performance.now()
    if (accepted() !== before) unchangedSinceMs = nowMs
    before = accepted()
  }
}

/** Not `once` of node:events, which rejects when an error comes before the end. */
function closed({ websocket }: Client): Promise<void> {
  return new Promise((resolve) => {
    if (websocket.readyState === websocket.CLOSED) resolve()
    else websocket.once('close', () => resolve())
  })
}
