import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Node } from '../node/node.js'
import { eventually } from '../testing/eventually.js'
import { freePort } from '../testing/server-process.js'
import { TestClient } from '../testing/test-client.js'
import { startTestNode } from '../testing/test-node.js'
import { type RunningBalancer, startBalancer } from './balancer.js'
import type { BalancerConfig } from './contract.js'

type Upstream = BalancerConfig['upstreams'][number]

test('round-robin gives each node the same number of clients, and messages pass both ways', async () => {
  const { balancer } = await startCluster('round-robin', 3)
  const clients = await connectMany(balancer, 9)
  expect(countByNode(clients)).toEqual({ n1: 3, n2: 3, n3: 3 })
  for (const client of clients) client.subscribe(1)
  const [first] = clients as [TestClient]
  for (const sequence of [1, 2]) first.publish({ channel: 1, sequence, sizeBytes: 500_000 })
  // Bridge `none`: only clients of the publisher's node receive it.
  await eventually(() => {
    const heard = clients.filter((client) => client.received.join() === '1:1,1:2')
    expect(heard.map((client) => client.node)).toEqual([first.node, first.node, first.node])
  })
  expect(first.acknowledged).toEqual(['1:accepted', '2:accepted'])
})

test('least-connections chooses the node with the fewest connections', async () => {
  const { balancer } = await startCluster('least-connections', 3)
  const clients = await connectMany(balancer, 6)
  const leaving = clients.filter((client) => client.node === 'n2')
  for (const client of leaving) client.websocket.close()
  await Promise.all(leaving.map((client) => client.closed))
  await eventually(async () => {
    const probe = await TestClient.connect(balancer.port)
    expect(probe.node).toBe('n2')
  })
})

test('ip-hash keeps a /24 on one node, whatever its other octets, and uses all nodes', async () => {
  const { balancer } = await startCluster('ip-hash', 3)
  const connectFrom = (localAddress: string) => TestClient.connect(balancer.port, { localAddress })
  const same = await Promise.all(['127.5.6.7', '127.5.6.8', '127.5.6.200'].map(connectFrom))
  expect(new Set(same.map((client) => client.node)).size).toBe(1)
  const spread = await Promise.all(Array.from({ length: 24 }, (_, index) => connectFrom(`127.5.${index}.1`)))
  expect(Object.keys(countByNode(spread)).sort()).toEqual(['n1', 'n2', 'n3'])
})

test('cookie: set once, then followed, then set again when its node is out of the pool', async () => {
  const { balancer, upstreams } = await startCluster('cookie', 2)
  const first = await TestClient.connect(balancer.port)
  expect(first.response.headers['set-cookie']).toEqual([`WSROUTE=${first.node}; Path=/; HttpOnly`])
  const headers = { cookie: `WSROUTE=${first.node}` }
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const again = await TestClient.connect(balancer.port, { headers })
    expect([again.node, again.response.headers['set-cookie']]).toEqual([first.node, undefined])
  }

  balancer.setUpstreams(upstreams.map((upstream) => ({ ...upstream, inPool: upstream.id !== first.node })))
  const moved = await TestClient.connect(balancer.port, { headers })
  expect(moved.node).not.toBe(first.node)
  expect(moved.response.headers['set-cookie']).toEqual([`WSROUTE=${moved.node}; Path=/; HttpOnly`])
})

test('out of the pool: connections stay, new ones go elsewhere; back in the pool: it gets new ones again', async () => {
  const { balancer, upstreams } = await startCluster('round-robin', 2)
  const staying = await connectMany(balancer, 2)
  const pool = (inPool: boolean) =>
    upstreams.map((upstream, index) => ({ ...upstream, inPool: index > 0 || inPool }))
  balancer.setUpstreams(pool(false))
  expect(countByNode(await connectMany(balancer, 4))).toEqual({ n2: 4 })
  balancer.setUpstreams(pool(true))
  expect(countByNode(await connectMany(balancer, 4))).toEqual({ n1: 2, n2: 2 })
  for (const client of staying) client.subscribe(1)
  await eventually(() => expect(staying.map((client) => client.controls.length)).toEqual([1, 1]))
})

test('a node that refuses the connection is skipped, then avoided', async () => {
  const dead = { id: 'n0', host: '127.0.0.1', port: await freePort() }
  const { balancer, upstreams } = await startCluster('round-robin', 1, [dead])
  expect(countByNode(await connectMany(balancer, 4))).toEqual({ n1: 4 })

  // It is up now, so without avoidance round-robin would choose it.
  await startTestNode({ id: 'n0', port: dead.port })
  expect(countByNode(await connectMany(balancer, 4))).toEqual({ n1: 4 })
  const take = (inPool: boolean) =>
    balancer.setUpstreams(upstreams.map((upstream) => ({ ...upstream, inPool })))
  take(false)
  await expect(TestClient.connect(balancer.port)).rejects.toThrow('502')
  take(true)
  expect(countByNode(await connectMany(balancer, 4))).toEqual({ n0: 2, n1: 2 })
})

test('when every node is avoided all are tried, and 502 is sent if all fail', async () => {
  const port = await freePort()
  const { balancer } = await startCluster('least-connections', 0, [{ id: 'n1', host: '127.0.0.1', port }])
  await expect(TestClient.connect(balancer.port)).rejects.toThrow('502')
  await startTestNode({ port })
  expect((await TestClient.connect(balancer.port)).node).toBe('n1')
})

test('a node that accepts the connection and ends before it answers is skipped as well', async () => {
  const dying = createServer((socket) => socket.once('data', () => socket.resetAndDestroy()))
  const { balancer } = await startCluster('cookie', 1, [await upstreamOf('n0', dying)])
  const client = await TestClient.connect(balancer.port, { headers: { cookie: 'WSROUTE=n0' } })
  expect(client.node).toBe('n1')
  expect(client.response.headers['set-cookie']).toEqual(['WSROUTE=n1; Path=/; HttpOnly'])
})

// The limit is shorter than LINGER_MS, which would end the client's socket too.
test("when a node's connection ends so does the client's, after the node's last bytes", {
  timeout: 5_000,
}, async () => {
  const sockets: Socket[] = []
  const node = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.write('HTTP/1.1 200 OK\r\n\r\nlast words')
  })
  const { balancer } = await startCluster('round-robin', 0, [await upstreamOf('n1', node)])
  const client = connect(balancer.port, '127.0.0.1')
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const [answer] = await once(client, 'data')
  sockets[0]?.resetAndDestroy()
  await once(client, 'close')
  expect(String(answer)).toContain('last words')
})

test("when a client disconnects its node's connection ends, and is no longer counted", async () => {
  const { balancer, nodes } = await startCluster('least-connections', 1)
  const client = await TestClient.connect(balancer.port)
  client.websocket.terminate()
  await eventually(() => expect(nodes[0]?.stats()).toMatchObject({ accepted: 1, connections: 0 }))
})

test('a slow reader slows its node down and gets every byte', async () => {
  const body = Buffer.alloc(48 << 20, 'wsbench')
  const nodeSockets: Socket[] = []
  const node = createHttpServer((_request, response) => response.end(body))
  node.on('connection', (socket) => nodeSockets.push(socket))
  const { balancer } = await startCluster('cookie', 0, [await upstreamOf('n1', node)])
  const response = await fetch(`http://127.0.0.1:${balancer.port}/`)

  let sentBytes = -1
  await vi.waitFor(
    () => {
      const before = sentBytes
      sentBytes = (nodeSockets[0]?.bytesWritten ?? 0) - (nodeSockets[0]?.writableLength ?? 0)
      expect(sentBytes).toBe(before)
    },
    { interval: 100, timeout: 10_000 },
  )
  expect(sentBytes).toBeLessThan(body.length)
  expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true)
})

test('bytes that a client sends right after its request reach the node', async () => {
  const { balancer, nodes } = await startCluster('round-robin', 1)
  const socket = connect(balancer.port, '127.0.0.1')
  onTestFinished(() => {
    socket.destroy()
  })
  const head = [
    'GET /ws/ HTTP/1.1',
    'Host: a',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
  ]
  const ping = Buffer.from([0x89, 0x80, 0, 0, 0, 0])
  socket.write(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), ping]))
  let answer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk])
  })
  await eventually(() => expect(answer.subarray(-2)).toEqual(Buffer.from([0x8a, 0x00])))
  expect(nodes[0]?.stats().connections).toBe(1)
})

test('plain requests are forwarded with the address of the client', async () => {
  const seen: string[] = []
  const node = createHttpServer((request, response) => {
    seen.push(`${request.url} ${request.headers['x-forwarded-for']} ${request.headers.connection}`)
    response.end('fine')
  })
  const { balancer } = await startCluster('round-robin', 0, [await upstreamOf('n1', node)])
  for (const path of ['/a', '/b']) {
    const response = await fetch(`http://127.0.0.1:${balancer.port}${path}`)
    expect([response.status, await response.text()]).toEqual([200, 'fine'])
  }
  expect(seen).toEqual(['/a 127.0.0.1 close', '/b 127.0.0.1 close'])
})

test.each([
  ['a line that is not a request', 'hello\r\n\r\n', '400'],
  ['a head that is too long', `GET / HTTP/1.1\r\nA: ${'b'.repeat(20_000)}`, '431'],
])('%s is refused with its status', async (_what, bytes, status) => {
  const { balancer } = await startCluster('round-robin', 1)
  const socket = connect(balancer.port, '127.0.0.1')
  socket.write(bytes)
  const [answer] = await once(socket, 'data')
  expect(String(answer)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  socket.destroy()
})

async function startCluster(
  strategy: BalancerConfig['strategy'],
  nodeCount: number,
  others: Upstream[] = [],
) {
  const nodes: Node[] = []
  for (let index = 0; index < nodeCount; index += 1) {
    nodes.push(await startTestNode({ id: `n${index + 1}`, index, maxBacklogBytes: 4 << 20 }))
  }
  const upstreams = [
    ...others,
    ...nodes.map((node, index) => ({ id: `n${index + 1}`, host: '127.0.0.1', port: node.port })),
  ]
  const balancer = await startBalancer({ host: '127.0.0.1', port: 0, strategy, tls: null, upstreams })
  onTestFinished(() => balancer.stop())
  return { balancer, nodes, upstreams }
}

async function upstreamOf(id: string, server: ReturnType<typeof createServer>): Promise<Upstream> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
  })
  return { id, host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

/** One after the other. */
async function connectMany(balancer: RunningBalancer, count: number): Promise<TestClient[]> {
  const clients: TestClient[] = []
  while (clients.length < count) clients.push(await TestClient.connect(balancer.port))
  return clients
}

function countByNode(clients: readonly TestClient[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { node } of clients) counts[node] = (counts[node] ?? 0) + 1
  return counts
}
