import { get as getPlain, type RequestOptions } from 'node:http'
import { get as getSecure } from 'node:https'
import type { Endpoint } from './cluster.js'

/** Answer to a GET over a new connection; null when there was none within 2 s. */
export function httpGet(endpoint: Omit<Endpoint, 'path'>, path: string): Promise<HttpAnswer | null> {
  const { host, port, tls } = endpoint
  const options: RequestOptions = { host, port, path, agent: false, timeout: 2_000 }
  return new Promise((resolve) => {
    const request =
      tls === null ? getPlain(options) : getSecure({ ...options, ...(tls.ca === null ? {} : { ca: tls.ca }) })
    request.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.on('error', () => resolve(null))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(null))
  })
}

export interface HttpAnswer {
  readonly status: number
  readonly body: string
}
