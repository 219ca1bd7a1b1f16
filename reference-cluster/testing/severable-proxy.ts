import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { freePort } from './server-process.js'

/** A proxy to a broker that can be interrupted while other connections still reach the broker. */
export interface SeverableProxy {
  readonly url: string
  sever(): Promise<void>
  restore(): Promise<void>
}

/** Forwards connections to `brokerUrl`. */
export async function severableProxy(brokerUrl: string): Promise<SeverableProxy> {
  const broker = new URL(brokerUrl)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(broker.port), broker.hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.pipe(other)
      socket.on('error', () => {})
      socket.once('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  const port = await freePort()
  const restore = async () => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const sever = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  await restore()
  onTestFinished(() => (server.listening ? sever() : undefined))
  return { url: `${broker.protocol}//127.0.0.1:${port}`, sever, restore }
}
