import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { miniature, patience, set } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { describeReal, wsbench } from './support/wsbench.js'

/** Sends back what it gets; the addresses it was connected to from, and how often. */
async function echoServer() {
  const seen = new Map<string, number>()
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => server.close())
  server.on('connection', (socket: WebSocket, { socket: { remoteAddress = '' } }) => {
    seen.set(remoteAddress, (seen.get(remoteAddress) ?? 0) + 1)
    socket.on('message', (data) => socket.send(data.toString()))
  })
  await once(server, 'listening')
  return { seen, port: (server.address() as AddressInfo).port }
}

describeReal('clients.addresses.list', [], () => {
  it('is where a target sees its clients come from, as many from each', async () => {
    const { seen, port } = await echoServer()
    const servers = new Servers()
    onTestFinished(() => servers.stop())
    // By name, so that the family of the addresses decides what it stands for.
    const scenario = servers.write(
      'listed.yaml',
      `{ name: listed, target: { url: 'ws://localhost:${port}/', protocol: { kind: json, publish: '{payload}' } },
         clients: { count: 20, addresses: { list: [127.0.0.21, 127.0.0.22] } },
         traffic: [{ channel: { name: echo }, via: echo, rate: 4/s }],
         phases: { warmup: 500ms, measure: 2s, grace: 2s }, validity: ${patience} }`,
    )
    const { result, stdout, stderr, code } = await wsbench(['run', scenario])
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.delivery).toMatchObject({ lost: 0, delivered: 20 * 10 })
    // The first also opened the one that asks whether the target is there.
    expect(Object.fromEntries(seen)).toEqual({ '127.0.0.21': 11, '127.0.0.22': 10 })
  })

  it.each([
    ['127.1.1.1', 1],
    // nginx's hash, which the embedded balancer has too, puts neighbouring /24s on neighbouring nodes.
    ['127.1.1.1, 127.1.2.1', 2],
  ])('is what a cluster of wsbench’s own goes by: ip-hash, %s', async (list, nodes) => {
    const { result, stderr } = await wsbench([
      ...['run', 'scale-out', ...miniature, '--balancer', 'embedded', '--strategy', 'ip-hash'],
      ...set({ chaos: '[]', gates: '[]', 'clients.addresses': `{ list: [${list}] }` }),
    ])
    expect(result, stderr).not.toBeNull()
    const { perNode } = result!.balance.end!
    expect(Object.values(perNode).filter((clients) => clients > 0)).toHaveLength(nodes)
  })

  it('that this machine has not is refused before anything is started, exit 3', async () => {
    const { code, stdout, stderr } = await wsbench([
      ...['run', 'smoke', ...set({ 'clients.addresses': '{ list: [127.0.0.1, 198.51.100.7] }' })],
    ])
    expect(stderr).toMatch(/^clients.addresses.list: 198.51.100.7 is not an address of this machine/)
    expect(stdout).toBe('')
    expect(code).toBe(3)
  })
})
