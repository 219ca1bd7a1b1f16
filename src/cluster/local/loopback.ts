import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { setupError } from '../../base/errors.js'

/**
 * A loopback address for one run to listen on. On Linux one of 127.250.0.0 – 127.254.255.255, drawn at random, so that
 * no port of another program or run can collide; elsewhere 127.0.0.1.
 */
export async function drawLoopbackHost(): Promise<string> {
  const drawn = `127.${randomInt(250, 255)}.${randomInt(256)}.${randomInt(1, 255)}`
  if (process.platform === 'linux' && (await probe(drawn)) !== null) return drawn
  return '127.0.0.1'
}

/** A port of `host` that nobody listens on now. */
export async function freePort(host: string): Promise<number> {
  const port = await probe(host)
  if (port === null) throw setupError(`no port of ${host} can be bound`, 'is the loopback interface up?')
  return port
}

function probe(host: string): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(null))
    server.listen({ host, port: 0, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null))
    })
  })
}
