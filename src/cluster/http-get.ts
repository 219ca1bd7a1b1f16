import { get } from 'node:http'

/** Answer to a GET over a new connection; null when there was none within 2 s. */
export function httpGet(host: string, port: number, path: string): Promise<HttpAnswer | null> {
  return new Promise((resolve) => {
    const request = get({ host, port, path, agent: false, timeout: 2_000 }, (response) => {
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
