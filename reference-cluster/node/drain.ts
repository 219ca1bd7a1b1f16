import { once } from 'node:events'
import { type Client, closeCodes } from './client.js'

/**
 * The playbook's drain: 1001 to every client at once, then wait until they have gone, at most `windowMs`; who is still
 * there then is cut off. Resolves with how many were told to go, once nobody is left.
 */
export async function drainClients(clients: Iterable<Client>, windowMs: number): Promise<number> {
  const leaving = [...clients]
  const gone = leaving.map((client) => once(client.websocket, 'close'))
  for (const client of leaving) client.close(closeCodes.goingAway, 'node is draining')
  const window = setTimeout(() => {
    for (const client of leaving) client.websocket.terminate()
  }, windowMs)
  await Promise.all(gone)
  clearTimeout(window)
  return leaving.length
}
