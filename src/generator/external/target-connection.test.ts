import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { createProtocol, protocols } from '../../protocols/index.js'
import { publish } from '../../protocols/mqtt-packets.js'
import { encodePayload } from '../../protocols/tag.js'
import { samplePlan } from '../../results/testing/sample-plan.js'
import type { WorkerContext } from '../worker-context.js'
import type { TargetAccess } from './target-access.js'
import { TargetConnection } from './target-connection.js'

let server: WebSocketServer

beforeAll(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
})

afterAll(() => void server.close())

/** A connection that speaks MQTT, the server's end of it, and what it told, in order. */
async function connect() {
  const protocol = createProtocol('mqtt', { ...protocols.mqtt.options.parse({}) })
  const access: Pick<TargetAccess, 'protocolOf' | 'handshakeOf'> = {
    protocolOf: () => protocol,
    handshakeOf: () => ({
      path: '/',
      headers: {},
      cookies: [],
      subprotocols: ['mqtt'],
      offersDeflate: false,
    }),
  }
  const { port } = server.address() as AddressInfo
  const endpoint = { host: '127.0.0.1', port, path: '/', tls: null }
  const plan = samplePlan()
  const context = { plan, run: 7, worker: 0, endpoints: [endpoint], access } as unknown as WorkerContext
  const log: string[] = []
  const until = async (line: string) => {
    while (!log.includes(line)) await new Promise(setImmediate)
  }
  const connection = new TargetConnection(context, {
    index: 0,
    identity: { id: 'c0', index: 0 },
    channels: ['a'],
    publishes: [],
    handlers: {
      onOpen() {},
      onReady: () => void log.push('ready'),
      onMessage: (_connection, { sequence }) => void log.push(`message ${sequence}`),
      onAck() {},
      onRefused: (_connection, sequence, words) => void log.push(`refused ${sequence} ${words}`),
      onEnd: (_connection, { code, refusal }) =>
        void log.push(code === null ? `failure ${refusal?.kind}` : `close ${code}`),
    },
  })
  const open = async () => {
    const opened = once(server, 'connection') as Promise<[WebSocket]>
    connection.connect()
    return (await opened)[0]
  }
  return { open, log, until }
}

function message(sequence: number): Buffer {
  const tag = { run: 7, publisher: 0, channel: 0, sequence, plannedMicros: 1, sentMicros: 2 }
  return publish('wsbench/a', encodePayload(tag, 200), 0, 0)
}

const confirmed = Buffer.from([0x20, 2, 0, 0, 0x90, 3, 0, 1, 0])

it('finds the tags of packets that are cut, and none of a packet that a lost connection left unfinished', async () => {
  const { open, log, until } = await connect()
  const first = await open()
  first.send(confirmed)
  for (const sequence of [1, 2, 3]) first.send(message(sequence))
  first.send(Buffer.concat([message(4), message(5)]))
  first.send(message(6).subarray(0, 25))
  first.send(message(6).subarray(25))
  first.send(message(7).subarray(0, 25))
  first.close(1001)
  await until('close 1001')
  const second = await open()
  second.send(confirmed)
  second.send(message(8))
  await until('message 8')
  const messages = [1, 2, 3, 4, 5, 6].map((sequence) => `message ${sequence}`)
  expect(log).toEqual(['ready', ...messages, 'close 1001', 'ready', 'message 8'])
  second.terminate()
  await until('close 1006')
})

it('closes a connection whose server sends a packet that is too long, with the reason', async () => {
  const { open, log, until } = await connect()
  const peer = await open()
  const closed = once(peer, 'close')
  peer.send(Buffer.concat([confirmed, Buffer.from([0x30, 0xff, 0xff, 0x7f])]))
  peer.send(message(1))
  await until('close 1009')
  const [code, reason] = (await closed) as [number, Buffer]
  expect([code, String(reason)]).toEqual([1009, 'packet of 2097155 bytes, limit 1114112'])
  expect(log).toEqual(['ready', 'close 1009'])
})
