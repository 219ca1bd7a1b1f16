import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { setupError } from '../../base/errors.js'

/**
 * A loopback address for one run to listen on. On Linux it is drawn from 127.250.0.0 – 127.254.255.255, so that its ports don't
 * collide with those of other programs or runs; elsewhere it is 127.0.0.1.
 */
export async function drawLoopbackHost(): Promise<string> {
  const drawn = `127.${randomInt(250, 255)}.${randomInt(256)}.${randomInt(1, 255)}`
  if (process.platform === 'linux' && (await probe(drawn)) !== null) return drawn
  return '127.0.0.1'
}

/** A port of `host` that nothing listens on at the moment. */
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
