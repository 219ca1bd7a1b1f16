import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { NODE_HEADER } from '../../protocols/reference.js'
import type { Upstream } from '../balancers/balancer.js'

/** What a balancer needs of a node: it sends its id, answers /health, and echoes. */
export interface FakeNode extends Upstream {
  readonly connections: number
  /** Ends at once with all connections, as if killed. */
  die(): Promise<void>
}

export async function startFakeNode(slot: number): Promise<FakeNode> {
  const id = `n${slot + 1}`
  const http = createServer((_request, response) => response.end('ok'))
  const sockets = new WebSocketServer({ server: http })
  sockets.on('headers', (headers) => headers.push(`${NODE_HEADER}: ${id}`))
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    // The close frame that Caddy sends to nodes is not masked, which `ws` reports.
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    id,
    slot,
    host: '127.0.0.1',
    port: (http.address() as AddressInfo).port,
    get connections() {
      return sockets.clients.size
    },
    die() {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      for (const socket of sockets.clients) socket.terminate()
      http.closeAllConnections()
      return closed
    },
  }
}
