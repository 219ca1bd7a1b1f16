import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../testing/eventually.js'
import { type RunningBroker, startBroker } from './broker.js'

test('an unmodified ioredis publishes and subscribes, binary topics and payloads included', async () => {
  const broker = await startTestBroker()
  const [publisher, subscriber] = [await connectRedis(broker), await connectRedis(broker)]
  const topic = Buffer.from([0, 13, 10, 255])
  const got: Buffer[] = []
  subscriber.on('messageBuffer', (_topic: Buffer, message: Buffer) => got.push(message))
  expect(await subscriber.subscribe(topic.toString('latin1'), 'b')).toBe(2)
  const payload = Buffer.from([0, 255, 13, 10, 0])
  expect(await publisher.publish(topic.toString('latin1'), payload)).toBe(1)
  await eventually(() => expect(got).toEqual([payload]))
  expect(await subscriber.unsubscribe('b')).toBe(1)
  expect(await publisher.publish('b', 'nobody')).toBe(0)
})

test('ioredis subscribes again by itself when the broker comes back', async () => {
  const broker = await startTestBroker()
  const subscriber = await connectRedis(broker)
  const got: string[] = []
  subscriber.on('message', (_topic, message) => got.push(message))
  await subscriber.subscribe('a')
  await broker.stop()
  const again = await startBroker({ host: '127.0.0.1', port: broker.port })
  onTestFinished(() => again.stop())
  const publisher = await connectRedis(again)
  await eventually(async () => expect(await publisher.publish('a', 'back')).toBe(1))
  await eventually(() => expect(got).toEqual(['back']))
})

test('a subscriber that disconnects is no longer a receiver', async () => {
  const broker = await startTestBroker()
  const [publisher, leaving, dying] = [
    await connectRedis(broker),
    await connectRedis(broker),
    await connectRedis(broker),
  ]
  await Promise.all([leaving.subscribe('a'), dying.subscribe('a')])
  expect(await publisher.publish('a', '1')).toBe(2)
  expect(await leaving.quit()).toBe('OK')
  dying.disconnect()
  await eventually(async () => expect(await publisher.publish('a', '2')).toBe(0))
})

test.each([
  ['*1\r\n$4\r\nPING\r\n', '+PONG\r\n'],
  ['*2\r\n$4\r\nping\r\n$2\r\nhi\r\n', '$2\r\nhi\r\n'],
  ['*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n', '+OK\r\n'],
  ['*2\r\n$6\r\nSELECT\r\n$1\r\n1\r\n', '-ERR DB index is out of range\r\n'],
  ['*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n', "-ERR unknown command 'HELLO'\r\n"],
  ['*1\r\n$3\r\na\r\n\r\n', "-ERR unknown command 'a '\r\n"],
  ['*1\r\n$8\r\ntoString\r\n', "-ERR unknown command 'toString'\r\n"],
  ['*2\r\n$7\r\nPUBLISH\r\n$1\r\na\r\n', "-ERR wrong number of arguments for 'publish' command\r\n"],
  ['*1\r\n$9\r\nSUBSCRIBE\r\n', "-ERR wrong number of arguments for 'subscribe' command\r\n"],
  ['*1\r\n$11\r\nUNSUBSCRIBE\r\n', '*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n'],
  ['*2\r\n$6\r\nCLIENT\r\n$4\r\nKILL\r\n', "-ERR unknown subcommand 'KILL'\r\n"],
])('the reply to %j is %j', async (request, reply) => {
  const socket = await connectRaw(await startTestBroker())
  socket.write(request)
  expect(await read(socket, reply.length)).toBe(reply)
})

test('a subscribed connection accepts only the commands that RESP2 allows', async () => {
  const socket = await connectRaw(await startTestBroker())
  socket.write('*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nINFO\r\n')
  const expected =
    '*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n' +
    '*2\r\n$4\r\npong\r\n$0\r\n\r\n' +
    "-ERR Can't execute 'info' in subscriber mode\r\n"
  expect(await read(socket, expected.length)).toBe(expected)
})

test.each([
  ['an inline command', 'PING\r\n'],
  ['a bare number', ':5\r\n'],
  ['an error', '-ERR\r\n'],
  ['an empty array', '*0\r\n'],
  ['nested arrays', '*1\r\n*1\r\n$4\r\nPING\r\n'],
  ['a length beyond all limits', '*99999999999\r\n$1\r\na\r\n'],
  ['arrays nested too deep', '*1\r\n'.repeat(16_000)],
])('%s ends the connection with a protocol error', async (_what, request) => {
  const socket = await connectRaw(await startTestBroker())
  let reply = ''
  socket.on('data', (text) => {
    reply += text
  })
  const closed = closeOf(socket)
  socket.write(request)
  await closed
  expect(reply).toMatch(/^-ERR Protocol error: /)
})

test('a command that never ends closes the connection, and commands after it are not run', async () => {
  const broker = await startTestBroker()
  const subscriber = await connectRedis(broker)
  const got: string[] = []
  subscriber.on('message', (_topic, message) => got.push(message))
  await subscriber.subscribe('a')
  const socket = await connectRaw(broker)
  const closed = closeOf(socket)
  socket.write('*3\r\n$7\r\nPUBLISH\r\n$1\r\na\r\n$900000000\r\n')
  const megabyte = Buffer.alloc(1 << 20)
  while (!socket.destroyed) {
    if (!socket.write(megabyte)) await Promise.race([drainOf(socket), closed])
  }
  expect(socket.bytesWritten).toBeLessThan(64 << 20)
  expect(got).toEqual([])
})

test('a subscriber that falls 32 MB behind is disconnected, the publisher and the others are not', async () => {
  const broker = await startTestBroker()
  const [publisher, reader, stuck] = [
    await connectRedis(broker),
    await connectRedis(broker),
    await connectRaw(broker),
  ]
  let received = 0
  reader.on('messageBuffer', () => {
    received += 1
  })
  await reader.subscribe('a')
  stuck.write('*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n')
  await once(stuck, 'data')
  stuck.pause()
  const payload = Buffer.alloc(1 << 20)
  let sent = 0
  let receivers = 2
  while (receivers === 2) {
    receivers = await publisher.publish('a', payload)
    sent += 1
  }
  expect(receivers).toBe(1)
  expect(sent).toBeGreaterThan(32)
  expect(sent).toBeLessThan(80)
  await eventually(() => expect(received).toBe(sent))
})

async function startTestBroker(): Promise<RunningBroker> {
  const broker = await startBroker({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => broker.stop())
  return broker
}

async function connectRedis(broker: RunningBroker): Promise<Redis> {
  const redis = new Redis(broker.port, '127.0.0.1', { retryStrategy: () => 20 })
  redis.on('error', () => {})
  onTestFinished(() => redis.disconnect())
  await once(redis, 'ready')
  return redis
}

async function connectRaw(broker: RunningBroker): Promise<Socket> {
  const socket = connect(broker.port, '127.0.0.1')
  socket.on('error', () => {})
  onTestFinished(() => {
    socket.destroy()
  })
  await once(socket, 'connect')
  return socket
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()))
}

function drainOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('drain', () => resolve()))
}

/** The first `length` bytes that are received, or all bytes until the end. */
function read(socket: Socket, length: number): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const isEnough = (chunk: Buffer | string) => {
      text += String(chunk)
      if (text.length >= length) resolve(text)
    }
    socket.on('data', isEnough)
    socket.once('close', () => resolve(text))
  })
}
