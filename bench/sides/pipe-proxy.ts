/** The plainest proxy that Node has: each connection piped to the upstream, both ways, unread. */
import { type AddressInfo, connect, createServer } from 'node:net'

const upstream = JSON.parse(process.env.WSBENCH_UPSTREAM!)

const server = createServer({ noDelay: true }, (client) => {
  const far = connect({ ...upstream, noDelay: true })
  client.pipe(far).pipe(client)
  client.on('error', () => far.destroy())
  far.on('error', () => client.destroy())
})

server.listen({ port: 0, host: '127.0.0.1', backlog: 65_535 }, () => {
  process.send?.({ type: 'ready', port: (server.address() as AddressInfo).port })
})
