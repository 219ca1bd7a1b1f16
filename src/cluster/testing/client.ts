import { once } from 'node:events'
import { WebSocket } from 'ws'
import { CLIENT_ID_PARAMETER, NODE_HEADER } from '../../protocols/reference.js'
import type { Endpoint } from '../cluster.js'

export interface Client {
  readonly socket: WebSocket
  /** Id of its node. */
  readonly node: string
  /** `name=value` of the cookie that was set; null when none was. */
  readonly cookie: string | null
  /** Sends a text and resolves with the answer. */
  echo(text: string): Promise<string>
}

export interface ConnectOptions {
  readonly cookie?: string | null
  readonly localAddress?: string
  readonly id?: string
}

/** Opens a WebSocket connection. */
export async function connect(endpoint: Endpoint, options: ConnectOptions = {}): Promise<Client> {
  const { cookie, localAddress, id } = options
  const query = id === undefined ? '' : `?${CLIENT_ID_PARAMETER}=${id}`
  const socket = new WebSocket(
    `${endpoint.tls ? 'wss' : 'ws'}://${endpoint.host}:${endpoint.port}${endpoint.path}${query}`,
    {
      ...endpoint.tls,
      headers: cookie ? { cookie } : {},
      ...(localAddress === undefined ? {} : { localAddress }),
    },
  )
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

/** `count` clients one after the other, each with an id and, on Linux, a /24 of its own. */
export async function connectMany(endpoint: Endpoint, count: number): Promise<readonly Client[]> {
  const clients: Client[] = []
  for (let index = 0; index < count; index += 1) clients.push(await connect(endpoint, sourceOf(index)))
  return clients
}

export function sourceOf(index: number): ConnectOptions {
  const localAddress = `127.10.${index + 1}.1`
  return { id: `c${index}`, ...(process.platform === 'linux' ? { localAddress } : {}) }
}

/** Number of clients per node. */
export function tally(clients: readonly Client[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { node } of clients) counts[node] = (counts[node] ?? 0) + 1
  return counts
}
