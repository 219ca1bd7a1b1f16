import { get as getPlain, type RequestOptions } from 'node:http'
import { get as getSecure } from 'node:https'
import type { Endpoint } from './cluster.js'
import { tlsConnectOptions } from './tls/connect-options.js'

/** Longest body, in characters. */
const MOST_CHARACTERS = 8 << 20

/** Answer to a GET over a new connection; null when there is none in time, or it has more than 8 Mi characters. */
export function httpGet(
  endpoint: Omit<Endpoint, 'path'>,
  path: string,
  withinMs = 2_000,
): Promise<HttpAnswer | null> {
  const { host, port, tls } = endpoint
  const options: RequestOptions = { host, port, path, agent: false, timeout: withinMs }
  return new Promise((resolve) => {
    const request =
      tls === null ? getPlain(options) : getSecure({ ...options, ...tlsConnectOptions(host, tls) })
    const deadline = setTimeout(() => request.destroy(), withinMs)
    request.on('close', () => clearTimeout(deadline))
    request.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
        if (body.length > MOST_CHARACTERS) response.destroy(new Error('too long'))
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
