import { createServer } from 'node:http'
import { type AddressInfo, BlockList, isIP } from 'node:net'
import { setupError, usageError } from '../base/errors.js'

export interface MetricsAddress {
  readonly host: string
  readonly port: number
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Parses `127.0.0.1:9464`; refuses an address that other machines can reach unless `isPublic`. */
export function parseMetricsAddress(text: string, isPublic: boolean): MetricsAddress {
  const [, host = '', digits = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? []
  const address = host.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1'
  const port = Number(digits)
  if (digits === '' || port > 65_535 || isIP(address) === 0) {
    throw usageError(
      `--metrics ${text}: expected an IP address and a port`,
      'for example --metrics 127.0.0.1:9464',
    )
  }
  if (!isPublic && !isLoopback(address)) {
    throw usageError(
      `--metrics ${text}: other machines can reach ${address}`,
      'use 127.0.0.1, or add --metrics-public',
    )
  }
  return { host: address, port }
}

function isLoopback(address: string): boolean {
  return loopback.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

function isLocalName(header = ''): boolean {
  const name = header.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  return name.toLowerCase() === 'localhost' || isIP(name) !== 0
}

export interface MetricsEndpoint {
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves `text` at `/metrics`; throws a setupError if it can't listen there. On a loopback address, only to requests for an address or
 * localhost: a web page whose name was made to resolve to 127.0.0.1 (DNS rebinding) gets nothing.
 */
export async function serveMetrics(
  { host, port }: MetricsAddress,
  text: () => Promise<string>,
): Promise<MetricsEndpoint> {
  const server = createServer((request, response) => {
    if (isLoopback(host) && !isLocalName(request.headers.host)) {
      response
        .writeHead(403, { 'content-type': 'text/plain' })
        .end('expected Host: an address or localhost\n')
      return
    }
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('see /metrics\n')
      return
    }
    text().then(
      (body) =>
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body),
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(setupError(`--metrics: cannot listen on ${host}:${port}: ${error.message}`, undefined, error)),
    )
    server.listen(port, host, resolve)
  })
  const { port: listening } = server.address() as AddressInfo
  return {
    url: `http://${isIP(host) === 6 ? `[${host}]` : host}:${listening}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
