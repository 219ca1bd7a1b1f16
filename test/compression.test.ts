import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { patience } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { wsbench } from './support/wsbench.js'

const traffic = '[{ channel: { name: room, count: 4, members: 5 }, rate: 10/s, size: 1KiB }]'

/** Of all handshakes together, bytes at the most. */
const HEADS = 30 * 500

let servers: Servers
let http: Server
let bytesWritten = 0
let bytesRead = 0

afterEach(async () => {
  http.close()
  await servers.stop()
})

describe('a target with compression', () => {
  it.each([
    ['would take its context over', { threshold: 100 }],
    [
      'resets its context anyway',
      { threshold: 100, serverNoContextTakeover: true, clientNoContextTakeover: true },
    ],
  ])('gets every message to every member from a ws server that %s', async (_how, deflate) => {
    const { code, result, stdout, stderr } = await runAgainst(rooms(deflate))
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.delivery).toMatchObject({ due: 500, delivered: 500, lost: 0, unexpected: 0 })
    expect(stdout).not.toContain('permessage-deflate')
    expect(bytesWritten).toBeLessThan((500 * 1024) / 2)
    expect(bytesRead).toBeLessThan(HEADS + (100 * 1024) / 2)
  })

  it('notes that a server declined, and sends uncompressed messages', async () => {
    const { code, result, stdout, stderr } = await runAgainst(rooms(false))
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.delivery).toMatchObject({ due: 500, delivered: 500, lost: 0, unexpected: 0 })
    expect(result!.scenario.plan.notes.join()).toMatch(
      /permessage-deflate was declined by ws:\/\/127\.0\.0\.1:\d+:/,
    )
    expect(bytesWritten).toBeGreaterThan(500 * 1024)
    expect(bytesRead).toBeGreaterThan(100 * 1024)
  })

  it.each([
    [
      'takes context over',
      'permessage-deflate',
      'without server_no_context_takeover',
      /hint: set the server/,
    ],
    [
      'adds what was not offered',
      'permessage-deflate; client_max_window_bits=9',
      'with a parameter that was not offered',
      /hint/,
    ],
  ])('is refused before any load where it %s: exit 3', async (_how, answer, why, hint) => {
    const { code, result, stderr } = await runAgainst(answers(answer))
    expect([code, result]).toEqual([3, null])
    expect(stderr).toMatch(
      /target ws:\/\/127\.0\.0\.1:\d+: bad-handshake: the server accepts permessage-deflate/,
    )
    expect(stderr).toContain(why)
    expect(stderr).toMatch(hint)
  })
})

it('a server that uses compression unasked ends the run, and the hint names target.compression', async () => {
  const { code, stderr } = await runAgainst(answers('permessage-deflate; server_no_context_takeover'), false)
  expect(code).toBe(3)
  expect(stderr).toMatch(
    /bad-handshake: the server uses an extension that was not offered\n +hint: .*target\.compression/,
  )
})

async function runAgainst(server: Server, compression = true) {
  servers = new Servers()
  http = server
  bytesWritten = 0
  bytesRead = 0
  server.on('connection', (socket: Socket) => {
    socket.on('close', () => {
      bytesWritten += socket.bytesWritten
      bytesRead += socket.bytesRead
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const protocol =
    '{ kind: json, subscribe: "SUB {channel}", subscribed: "OK {channel}", publish: "PUB {channel} {payload}" }'
  const scenario = servers.write(
    'compression.yaml',
    `{ name: compression, target: { url: 'ws://127.0.0.1:${port}/', protocol: ${protocol}, compression: ${compression} },
       clients: { count: 20 }, traffic: ${traffic}, phases: { warmup: 500ms, measure: 2s, grace: 2s }, validity: ${patience} }`,
  )
  return wsbench(['run', scenario])
}

/** SUB <channel> → OK <channel>; PUB <channel> <text> → the line to its subscribers. */
function rooms(perMessageDeflate: object | false): Server {
  const members = new Map<string, Set<{ send(line: string): void }>>()
  const server = createServer()
  new WebSocketServer({ server, perMessageDeflate }).on('connection', (socket) => {
    socket.on('message', (data) => {
      const line = String(data)
      const [word, channel] = line.split(' ') as [string, string]
      const room = members.get(channel) ?? new Set()
      members.set(channel, room)
      if (word === 'SUB') socket.send(`OK ${room.add(socket) && channel}`)
      else for (const member of room) member.send(line)
    })
    socket.on('close', () => {
      for (const room of members.values()) room.delete(socket)
    })
  })
  return server
}

/** Opens every connection, with these extensions. */
function answers(extensions: string): Server {
  return createServer().on('upgrade', (request: IncomingMessage, socket: Socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    socket.on('error', () => {})
    socket.write(
      `HTTP/1.1 101 OK\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Extensions: ${extensions}\r\n\r\n`,
    )
  })
}
