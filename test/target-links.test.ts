import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { patience } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { wsbench } from './support/wsbench.js'

let servers: Servers
const listening: WebSocketServer[] = []
beforeEach(() => {
  servers = new Servers()
})
afterEach(async () => {
  for (const server of listening.splice(0)) {
    for (const socket of server.clients) socket.terminate()
    server.close()
  }
  await servers.stop()
})

/** Serves WebSockets; the port. */
async function serve(onConnection: (socket: WebSocket, request: IncomingMessage) => void): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  listening.push(server.on('connection', onConnection))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A room: HELLO is answered by WELCOME and joins, all else goes to everybody in it. */
function room(isHeard: (client: string) => boolean = () => true) {
  const members = new Set<WebSocket>()
  return (socket: WebSocket, { url }: IncomingMessage) => {
    const client = new URL(url!, 'ws://h').searchParams.get('client')!
    socket.on('close', () => members.delete(socket))
    socket.on('message', (data) => {
      const text = data.toString()
      if (text !== 'HELLO') for (const member of members) member.send(text)
      else if (isHeard(client)) {
        members.add(socket)
        socket.send('WELCOME')
      }
    })
  }
}

const module = `export default () => ({ start: (peer) => ({
  open: () => peer.send('HELLO'),
  text: (text) => text === 'WELCOME' && peer.ready(),
  publish: ({ payload }) => peer.send(payload),
}) })`

const phases = '{ warmup: 500ms, measure: 2s, grace: 2s }'

describe('a subscription that is not confirmed', () => {
  function scenarioFor(port: number): string {
    servers.write('room.mjs', module)
    return servers.write(
      'room.yaml',
      `{ name: room, target: { url: 'ws://127.0.0.1:${port}/', protocol: ./room.mjs, query: { client: '{client}' } },
         clients: { count: 5, connectTimeout: 500ms, reconnect: { base: 50ms } },
         traffic: [{ channel: { name: room }, rate: 10/s }], phases: ${phases}, validity: ${patience} }`,
    )
  }

  it('is given up after connectTimeout and tried again, by clients and publishers', async () => {
    // These two are tried before load.
    const greeted = new Set(['c0', 'p0'])
    const port = await serve(room((client) => greeted.has(client) || !greeted.add(client)))
    const { result, stdout, stderr, code } = await wsbench(['run', scenarioFor(port)])
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.connections).toMatchObject({ failed: { 'not-ready': 4 }, attempted: 10, reconnects: 0 })
    expect(result!.delivery).toMatchObject({ due: 5 * 25, delivered: 5 * 25 })
  })

  it('ends the run before any load: exit 3', async () => {
    const { code, stderr, result } = await wsbench(['run', scenarioFor(await serve(room(() => false)))])
    expect([code, result]).toEqual([3, null])
    expect(stderr).toMatch(/not-ready[\s\S]*no confirmation of the subscription arrived/)
  })
})

it('several URLs share the clients out by weight', async () => {
  const came: [Set<string>, Set<string>] = [new Set(), new Set()]
  const ports = await Promise.all(
    came.map((clients) => {
      const join = room()
      return serve((socket, request) => {
        clients.add(new URL(request.url!, 'ws://h').searchParams.get('client')!)
        join(socket, request)
      })
    }),
  )
  servers.write('room.mjs', module)
  const [three, one] = ports.map((port) => `ws://127.0.0.1:${port}/`)
  const scenario = servers.write(
    'weights.yaml',
    `{ name: weights, target: { urls: [{ url: '${three}', weight: 3 }, { url: '${one}' }], protocol: ./room.mjs, query: { client: '{client}' } },
       clients: { count: 40 }, traffic: [{ channel: { name: room }, rate: 10/s }], phases: ${phases}, validity: ${patience} }`,
  )
  const { result, stdout, stderr } = await wsbench(['run', scenario])
  expect(result, `${stdout}${stderr}`).not.toBeNull()
  const clients = came.map((names) => [...names].filter((name) => name.startsWith('c')).length)
  expect(clients).toEqual([30, 10])
  // The publisher is tried on both before load.
  expect(came.map((names) => names.has('p0'))).toEqual([true, true])
})

describe('which node a client is on', () => {
  /** Clients that came for the first time are on a, from then on each is on `next`. */
  async function runOn(node: string, next: string | null) {
    // Two are tried before load.
    const visits = new Map([
      ['c0', -1],
      ['p0', -1],
    ])
    const nodeOf = ({ url }: IncomingMessage) => {
      const client = new URL(url!, 'ws://h').searchParams.get('client')!
      const earlier = visits.get(client) ?? 0
      visits.set(client, earlier + 1)
      return earlier > 0 ? next : 'a'
    }
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    listening.push(server)
    const names = new Map<IncomingMessage, string | null>()
    server.on('headers', (headers, request) => {
      const name = nodeOf(request)
      names.set(request, name)
      if (name !== null) headers.push(`Set-Cookie: SERVERID=${name}; Path=/`)
    })
    server.on('connection', (socket, request) => {
      const name = names.get(request)
      socket.on('message', (data) => {
        const text = data.toString()
        if (text.startsWith('PUB')) for (const member of server.clients) member.send(text)
        else socket.send(JSON.stringify({ ...(name ? { node: name } : {}), joined: 'room' }))
      })
    })
    await once(server, 'listening')
    const scenario = servers.write(
      'nodes.yaml',
      `{ name: nodes,
         target: { url: 'ws://127.0.0.1:${(server.address() as AddressInfo).port}/', query: { client: '{client}' }, node: ${node},
           protocol: { kind: json, subscribe: 'SUB {channel}', subscribed: '"joined":"{channel}"', publish: 'PUB {payload}' } },
         clients: { count: 10, reconnect: { base: 50ms } }, traffic: [{ channel: { name: room }, rate: 10/s }],
         chaos: [{ at: 1500ms, event: reconnect-storm, share: 100% }], phases: { warmup: 500ms, measure: 4s, grace: 2s }, validity: ${patience} }`,
    )
    const { result, stdout, stderr } = await wsbench(['run', scenario])
    expect(result, `${stdout}${stderr}`).not.toBeNull()
    return result!
  }

  it.each(['{ cookie: SERVERID }', '{ message: node }'])(
    '%s: before and after it comes back',
    async (node) => {
      const { balance, affinity } = await runOn(node, 'b')
      expect(balance.start!.perNode).toMatchObject({ a: 10 })
      expect(balance.end!.perNode).toMatchObject({ b: 10 })
      expect(affinity.reconnectedOtherNode).toBe(10)
    },
  )

  it('{ message: node }: who is back, and hears nothing of it, is on none that is known', async () => {
    const { balance } = await runOn('{ message: node }', null)
    expect(balance.start!.perNode).toMatchObject({ a: 10 })
    expect(balance.end!.perNode).toMatchObject({ '(unnamed)': 10 })
  })
})

describe('a node that is named', () => {
  /** Three ways to name a node, of a server that names itself in all of them. */
  async function runWith(node: string) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    listening.push(server)
    // As nginx's $upstream_addr after a retry.
    server.on('headers', (headers) =>
      headers.push('X-Served-By: 10.0.0.1:80, 10.0.0.2:80', 'Set-Cookie: SERVERID=n1'),
    )
    server.on('connection', (socket) => {
      socket.on('message', (data) => {
        const text = data.toString()
        if (text.startsWith('PUB')) for (const member of server.clients) member.send(text)
        else socket.send('{"node":3,"joined":"room"}')
      })
    })
    await once(server, 'listening')
    const scenario = servers.write(
      'named.yaml',
      `{ name: named, target: { url: 'ws://127.0.0.1:${(server.address() as AddressInfo).port}/', node: ${node},
           protocol: { kind: json, subscribe: 'SUB', subscribed: '"joined"', publish: 'PUB {payload}' } },
         clients: { count: 2 }, traffic: [{ channel: { name: room }, rate: 5/s }],
         phases: { warmup: 0s, measure: 1s, grace: 500ms }, validity: ${patience} }`,
    )
    return wsbench(['run', scenario])
  }

  it.each([
    ['by the last of a list', '{ header: x-served-by }', '10.0.0.2:80'],
    ['by a cookie', '{ cookie: SERVERID }', 'n1'],
    ['by a number', '{ message: node }', '3'],
  ])('%s', async (_how, node, name) => {
    const { result, stdout, stderr } = await runWith(node)
    expect(result?.balance.end?.perNode, `${stdout}${stderr}`).toEqual({ [name]: 2 })
  })

  it.each([
    ['{ header: x-server-by }', 'has no header x-server-by', 'did you mean x-served-by? It has '],
    ['{ cookie: SERVER }', 'sets no cookie SERVER', 'It has SERVERID. Correct target.node.cookie'],
    ['{ message: nod }', 'has a JSON field nod', 'Correct target.node.message'],
  ])('%s is misspelt: exit 3, before load', async (node, what, hint) => {
    const { code, result, stderr } = await runWith(node)
    expect([code, result], stderr).toEqual([3, null])
    const text = stderr.replace(/\s+/g, ' ')
    expect(text).toContain(what)
    expect(text).toContain(hint)
  })
})

it('an ack is the answer to echo traffic where the protocol says so', async () => {
  const port = await serve((socket) => {
    socket.on('message', (data) => {
      const sequence = Number.parseInt(data.toString(), 10)
      // Some are answered with what was said as well, some not at all.
      if (sequence % 5 === 1) socket.send(data.toString())
      if (sequence % 5 !== 0) socket.send(`ACK ${sequence}`)
    })
  })
  servers.write(
    'ask.mjs',
    `export default () => ({ answersByAck: true, start: (peer) => ({
       text: (text) => peer.acked(Number(text.split(' ')[1])),
       publish: ({ payload, sequence }) => peer.send(\`\${sequence} \${payload}\`),
     }) })`,
  )
  const scenario = servers.write(
    'ask.yaml',
    `{ name: ask, target: { url: 'ws://127.0.0.1:${port}/', protocol: ./ask.mjs }, clients: { count: 10 },
       traffic: [{ channel: { name: ask }, via: echo, rate: 10/s }], phases: ${phases}, validity: ${patience} }`,
  )
  const { result, stdout, stderr } = await wsbench(['run', scenario])
  expect(result, `${stdout}${stderr}`).not.toBeNull()
  expect(result!.delivery).toMatchObject({
    due: 250,
    delivered: 200,
    lost: 50,
    duplicateInEpoch: 0,
    unexpected: 0,
  })
})

it('heartbeats notice a frozen server, for clients and publishers', async () => {
  const { port, child } = await servers.fixture('lines-server.mjs')
  const scenario = servers.write(
    'frozen.yaml',
    `{ name: frozen, target: { url: 'ws://127.0.0.1:${port}/',
         protocol: { kind: json, subscribe: 'SUB {channel}', subscribed: 'OK {channel}', publish: 'PUB {channel} {payload}' } },
       clients: { count: 10, connectTimeout: 500ms, reconnect: { base: 100ms }, heartbeat: { every: 1s, timeout: 500ms } },
       traffic: [{ channel: { name: room }, rate: 20/s }], phases: { warmup: 500ms, measure: 10s, grace: 2s },
       chaos: [{ at: 500ms, event: exec, run: [kill, -STOP, '${child.pid}'], for: 4s, undo: [kill, -CONT, '${child.pid}'] }],
       gates: ['delivery.lost{cause=unexplained} == 0'], validity: ${patience} }`,
  )
  const { result, stdout, stderr, code } = await wsbench(['run', scenario])
  expect(code, `${stdout}${stderr}`).toBe(0)
  const { connections, delivery, events } = result!
  const { missed } = connections.heartbeats
  expect(missed).toBeGreaterThanOrEqual(11)
  expect(connections.closeCodes).toEqual({ 1006: missed })
  expect(connections.reconnects).toBeGreaterThanOrEqual(10)
  expect(events[0]).toMatchObject({ failure: null, affectedClients: 10 })
  // At the latest 1.5 s after the freeze the publisher had no connection either.
  expect(delivery.published.failed).toBeGreaterThan(25)
})
