import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { NODE_HEADER } from '../../src/protocols/reference.js'
import type { NodeStats } from './counters.js'

const TIMEOUT_MS = 10_000

/** `/health` and `/stats`. */
export function createHttpServer(node: { isReady(): boolean; stats(): NodeStats }): Server {
  const timeouts = { requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS }
  return createServer(timeouts, (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?')[0]
    if (path === '/health') answer(response, node.isReady() ? 200 : 503, { ready: node.isReady() })
    else if (path === '/stats') answer(response, 200, node.stats())
    else answer(response, 404, { error: 'only /health and /stats exist' })
  })
}

/** Refuses a WebSocket handshake with 503, so that the balancer tries another node. */
export function refuseUpgrade(socket: Duplex, id: string): void {
  socket.on('error', () => socket.destroy())
  socket.once('finish', () => socket.destroy())
  socket.end(
    `HTTP/1.1 503 Service Unavailable\r\n${NODE_HEADER}: ${id}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  )
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(body)}\n`)
}
