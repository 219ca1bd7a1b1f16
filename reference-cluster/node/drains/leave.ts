import { once } from 'node:events'
import type { Client } from '../client.js'
import { closeCodes } from '../close-codes.js'

/** How long after the window the last ones may take to move, or to answer their Close. */
export const GRACE_MS = 4_000
/** What they have to answer a Close that comes after that. */
export const LAST_MS = 1_000

export function sendAway(client: Client): void {
  client.close(closeCodes.goingAway, 'node is draining')
}

/** Resolves once all have gone; who is still there after `deadlineMs` is cut off. */
export async function endWithin(clients: readonly Client[], deadlineMs: number): Promise<void> {
  await gone(clients, deadlineMs)
  for (const client of clients) client.websocket.terminate()
  await Promise.all(clients.map(closed))
}

/** Resolves once all have gone, after `deadlineMs` at the latest. */
export async function gone(clients: readonly Client[], deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs)
  })
  await Promise.race([Promise.all(clients.map(closed)), deadline])
  clearTimeout(timer)
}

async function closed({ websocket }: Client): Promise<void> {
  if (websocket.readyState !== websocket.CLOSED) await once(websocket, 'close')
}
