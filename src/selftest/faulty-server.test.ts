import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { nowMicros } from '../base/clock.js'
import { ACK_BYTES, at, HEADER_BYTES, kinds, NODE_HEADER, writePublish } from '../protocols/reference.js'
import { FaultyServer } from './faulty-server.js'
import { ROOMS } from './plan.js'
import { drawReceipts } from './receipt.js'

const SEED = 11
const MESSAGES = 12
const size = { subscribers: ROOMS, sharedPublishers: 1, intervalMs: 100, messages: MESSAGES }
const sockets: WebSocket[] = []
let server: FaultyServer
let url: string

beforeEach(async () => {
  server = new FaultyServer(size, SEED)
  url = `ws://127.0.0.1:${await server.listen()}/ws/`
})

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate()
  server.close()
})

interface Client {
  readonly socket: WebSocket
  readonly headers: Record<string, unknown>
}

async function open(cookie?: string): Promise<Client> {
  const socket = new WebSocket(url, cookie === undefined ? {} : { headers: { cookie } })
  sockets.push(socket)
  const [[{ headers }]] = await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])
  return { socket, headers }
}

async function subscribe({ socket }: Client): Promise<unknown> {
  socket.send(JSON.stringify({ op: 'subscribe', channels: [0, ROOMS] }))
  const [data] = await once(socket, 'message')
  return JSON.parse(String(data))
}

function publish(socket: WebSocket, sequence: number): void {
  const message = Buffer.alloc(HEADER_BYTES)
  const now = nowMicros()
  writePublish(message, 0, {
    run: 5,
    publisher: 0,
    channel: 0,
    sequence,
    plannedMicros: now,
    sentMicros: now,
  })
  socket.send(message)
}

describe('the faulty server', () => {
  it('confirms a first subscription at once, and recognizes a returning client', async () => {
    const first = await open()
    expect(first.headers[NODE_HEADER]).toBe('n1')
    expect(await subscribe(first)).toEqual({ op: 'subscribed', channels: [0, ROOMS], recovered: false })
    const [cookie] = String(first.headers['set-cookie']).split(';')
    expect(cookie).toBe('client=0')
    const again = await open(cookie)
    expect(again.headers['set-cookie']).toBeUndefined()
    expect(server.expectedResult().connections.opened).toBe(2)
  })

  it('sends the message before its ack, and logs both', async () => {
    const plain = drawReceipts(SEED, 0, MESSAGES).findIndex(({ ack }) => ack === 'once') + 1
    const subscriber = await open()
    await subscribe(subscriber)
    const publisher = await open()
    const got = once(publisher.socket, 'message')
    publish(publisher.socket, plain)
    const ack = (await got)[0] as Buffer
    expect(ack).toHaveLength(ACK_BYTES)
    expect([ack[at.kind], ack[at.status], ack.readUInt32LE(at.sequence)]).toEqual([kinds.ack, 0, plain])
    const { published, total } = server.expectedResult()
    expect(published).toMatchObject({ sent: 1, acked: 1 })
    expect(total.due).toBe(1)
  })

  it('does not answer a publish whose receipt says so', async () => {
    const receipts = drawReceipts(SEED, 0, MESSAGES)
    const never = receipts.findIndex(({ ack }) => ack === 'never') + 1
    const plain = receipts.findIndex(({ ack }) => ack === 'once') + 1
    const { socket } = await open()
    const got = once(socket, 'message')
    publish(socket, never)
    publish(socket, plain)
    // The first answer is for the second publish.
    expect(((await got)[0] as Buffer).readUInt32LE(at.sequence)).toBe(plain)
    expect(server.expectedResult().published).toMatchObject({ sent: 2, acked: 1, unacked: 1 })
  })
})
