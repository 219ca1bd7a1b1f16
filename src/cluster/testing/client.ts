import { once } from 'node:events'
import { WebSocket } from 'ws'
import { NODE_HEADER } from '../../protocols/reference.js'
import type { Endpoint } from '../cluster.js'

export interface Client {
  readonly socket: WebSocket
  /** Id of the node it landed on. */
  readonly node: string
  /** `name=value` of the cookie it was given, null when it was given none. */
  readonly cookie: string | null
  /** Sends a text and resolves to what comes back. */
  echo(text: string): Promise<string>
}

export interface ConnectOptions {
  readonly cookie?: string | null
  readonly localAddress?: string
}

/** Opens a WebSocket; rejects when that fails. */
export async function connect(endpoint: Endpoint, options: ConnectOptions = {}): Promise<Client> {
  const { cookie, localAddress } = options
  const socket = new WebSocket(`ws://${endpoint.host}:${endpoint.port}${endpoint.path}`, {
    headers: cookie ? { cookie } : {},
    ...(localAddress === undefined ? {} : { localAddress }),
  })
  const [[response]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])
  return {
    socket,
    node: response.headers[NODE_HEADER],
    cookie: response.headers['set-cookie']?.[0]?.split(';')[0] ?? null,
    async echo(text) {
      socket.send(text)
      const [data] = await once(socket, 'message')
      return String(data)
    },
  }
}

/** `count` clients one after the other, each from a /24 of its own where the loopback range can be bound. */
export async function connectMany(endpoint: Endpoint, count: number): Promise<readonly Client[]> {
  const clients: Client[] = []
  for (let index = 0; index < count; index += 1) clients.push(await connect(endpoint, sourceOf(index)))
  return clients
}

export function sourceOf(index: number): ConnectOptions {
  return process.platform === 'linux' ? { localAddress: `127.10.${index + 1}.1` } : {}
}

/** Clients per node. */
export function tally(clients: readonly Client[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { node } of clients) counts[node] = (counts[node] ?? 0) + 1
  return counts
}
