import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { withAddresses } from './host-addresses.js'

const servers: Server[] = []
let port: number

/** Of four addresses, two accept connections. */
beforeAll(async () => {
  for (const host of ['127.0.0.2', '127.0.0.4']) {
    const server = createServer((socket) => socket.destroy())
    servers.push(server)
    server.listen(port ?? 0, host)
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
})
afterAll(() => servers.map((server) => server.close()))

const at = (host: string) => ({ host, port, path: '/', tls: null })
const lookup =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: 4 }))

it('of several addresses those that accept connections are used, and the others named', async () => {
  const [first, other] = [at('rt.example.com'), at('127.0.0.9')]
  const found = lookup('127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.2')
  const { endpoints, notes } = await withAddresses([first, first, other], 0, found)
  const expected = { ...first, addresses: ['127.0.0.2', '127.0.0.4'] }
  expect(endpoints).toEqual([expected, expected, other])
  expect(endpoints[0]).toBe(endpoints[1])
  expect(notes).toEqual([
    'rt.example.com has 4 addresses. Connections use them in turn: 127.0.0.2, 127.0.0.4. ' +
      `Port ${port} accepts no connection at 127.0.0.1, 127.0.0.3.`,
  ])
})

it.each([
  ['one address', ['127.0.0.2']],
  ['several that accept nothing', ['127.0.0.1', '127.0.0.3']],
])('a host with %s needs no note', async (_which, addresses) => {
  const { endpoints, notes } = await withAddresses([at('h')], 0, lookup(...addresses))
  expect([endpoints, notes]).toEqual([[{ ...at('h'), addresses }], []])
})

it('a host without an address is refused, with the error of the lookup', async () => {
  const failing = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }))
  await expect(withAddresses([at('h')], 0, failing)).rejects.toThrow('target h has no address: ENOTFOUND')
})
