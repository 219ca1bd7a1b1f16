import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { setupError } from '../src/base/errors.js'

/** The kernel limits it to net.core.somaxconn. Node's default of 511 overflows when many clients reconnect at once. */
const BACKLOG = 65_535

/** Listens and returns the port; port 0 takes any free one. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen({ host, port, backlog: BACKLOG })
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw setupError(
      `cannot listen on ${host}:${port}: ${(cause as Error).message}`,
      'port 0 takes any free one',
      cause,
    )
  }
  return (server.address() as AddressInfo).port
}
