import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Endpoint } from '../../src/cluster/cluster.js'

/** A TCP proxy before an endpoint, whose connections can all be cut at once. */
export interface Cuttable {
  readonly endpoint: Endpoint
  /** Ends every connection there is now without a word; new ones pass as before. */
  cut(): void
  close(): void
}

export async function cuttable(target: Endpoint): Promise<Cuttable> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target.port, target.host)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.pipe(upstream).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    endpoint: { ...target, host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    cut,
    close() {
      server.close()
      cut()
    },
  }
}
