import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { at, FANOUT_TOPIC, NO_NODE } from '../../../src/protocols/reference.js'
import { type TestBroker, testBrokers } from '../../testing/brokers.js'
import { eventually } from '../../testing/eventually.js'
import { findRedisServer, RedisServer } from '../../testing/redis-server.js'
import { publishOf, TestClient } from '../../testing/test-client.js'
import { startTestNode } from '../../testing/test-node.js'
import type { Node } from '../node.js'
import { RedisPubsub } from './redis-pubsub.js'

describe.each(testBrokers())('over %s', (_name, startBroker) => {
  test('a message reaches the clients of every node exactly once, and is acked once the broker has it', async () => {
    const { nodes } = await startCluster(startBroker)
    const [first, second] = await connectEach(nodes)
    for (const client of [first, second]) client.subscribe(1)
    await eventually(() => expect([...first.controls, ...second.controls]).toHaveLength(2))

    for (let sequence = 1; sequence <= 100; sequence += 1) first.publish({ channel: 1, sequence })
    await eventually(() => expect(first.acks).toHaveLength(100))
    const all = Array.from({ length: 100 }, (_, index) => `1:${index + 1}`)
    await eventually(() => expect([first.received, second.received]).toEqual([all, all]))
    for (const [index, client] of [first, second].entries()) {
      expect(client.messages[0]?.readUInt16LE(at.ingressNode)).toBe(0)
      expect(client.messages[0]?.readUInt16LE(at.egressNode)).toBe(index)
    }
  })

  test('large and binary payloads pass unchanged', async () => {
    const { nodes } = await startCluster(startBroker)
    const [first, second] = await connectEach(nodes)
    second.subscribe(1)
    await eventually(() => expect(second.controls).toHaveLength(1))
    first.publish({ channel: 1, sequence: 1, sizeBytes: 700_000 })
    await eventually(() => expect(second.received).toEqual(['1:1']))
    const filler = publishOf({ channel: 1, sequence: 1, sizeBytes: 700_000 }).subarray(64)
    expect(second.messages[0]?.subarray(64).equals(filler)).toBe(true)
  })

  test('what a backend puts on the broker is delivered; what is no publish is not', async () => {
    const { nodes, broker } = await startCluster(startBroker)
    const [client] = await connectEach(nodes)
    client.subscribe(1)
    await eventually(() => expect(client.controls).toHaveLength(1))
    const backend = new Redis(broker.url)
    onTestFinished(() => backend.disconnect())
    await backend.publish(FANOUT_TOPIC, 'good morning')
    expect(await backend.publish(FANOUT_TOPIC, publishOf({ channel: 1, sequence: 1 }))).toBe(2)
    await eventually(() => expect(client.received).toEqual(['1:1']))
    expect(client.messages[0]?.readUInt16LE(at.ingressNode)).toBe(NO_NODE)
  })

  test('without its broker a node refuses publishes, is unhealthy and confirms nothing, until it is back', async () => {
    const { nodes, broker } = await startCluster(startBroker)
    const [first, second] = await connectEach(nodes)
    second.subscribe(1)
    await eventually(() => expect(second.controls).toHaveLength(1))

    await broker.kill()
    await eventually(() => expect(nodes.map((node) => node.isReady)).toEqual([false, false]))
    expect((await fetch(`http://127.0.0.1:${nodes[0].port}/health`)).status).toBe(503)
    first.publish({ channel: 1, sequence: 1 })
    await eventually(() => expect(first.acknowledged).toEqual(['1:refused']))
    first.subscribe(1)
    first.websocket.ping()
    await new Promise((resolve) => first.websocket.once('pong', resolve))
    expect(first.controls).toEqual([])

    await broker.start()
    await eventually(() => expect(nodes.map((node) => node.isReady)).toEqual([true, true]))
    await eventually(() => expect(first.controls).toEqual([{ op: 'subscribed', channels: [1] }]))
    first.publish({ channel: 1, sequence: 2 })
    await eventually(() => expect(first.acknowledged).toEqual(['1:refused', '2:accepted']))
    await eventually(() => expect([first.received, second.received]).toEqual([['1:2'], ['1:2']]))
  })

  test('every publish around an outage is acked, refused or left open, and nothing is sent late', async () => {
    const { nodes, broker } = await startCluster(startBroker)
    const [publisher, member] = await connectEach(nodes)
    member.subscribe(1)
    await eventually(() => expect(member.controls).toHaveLength(1))
    const before = Array.from({ length: 50 }, (_, index) => index + 1)
    for (const sequence of before) publisher.publish({ channel: 1, sequence })
    await broker.kill()
    await eventually(() => expect(nodes[0].isReady).toBe(false))
    publisher.publish({ channel: 1, sequence: 51 })
    await eventually(() => expect(publisher.acknowledged).toContain('51:refused'))
    const refused = publisher.acknowledged
      .filter((ack) => ack.endsWith('refused'))
      .map((ack) => ack.split(':')[0])

    await broker.start()
    await eventually(() => expect(nodes.map((node) => node.isReady)).toEqual([true, true]))
    publisher.publish({ channel: 1, sequence: 52 })
    await eventually(() => expect(member.received.at(-1)).toBe('1:52'))
    for (const sequence of refused) expect(member.received).not.toContain(`1:${sequence}`)
    expect(new Set(member.received).size).toBe(member.received.length)
  })

  test('a drained node has left the broker', async () => {
    const { nodes, broker } = await startCluster(startBroker)
    await nodes[1].drain()
    const backend = new Redis(broker.url)
    onTestFinished(() => backend.disconnect())
    expect(await backend.publish(FANOUT_TOPIC, publishOf({ channel: 1, sequence: 1 }))).toBe(1)
  })
})

const redis = findRedisServer()

test.skipIf(!redis)(
  'a publish whose answer was lost with the broker is neither acked nor refused',
  async () => {
    const server = await RedisServer.start(redis ?? '')
    onTestFinished(() => server.kill())
    const node = await startTestNode({ bridge: 'redis-pubsub', brokerUrl: server.url })
    const publisher = await TestClient.connect(node.port)
    server.freeze()
    publisher.publish({ channel: 1, sequence: 1 })
    publisher.websocket.ping()
    await new Promise((resolve) => publisher.websocket.once('pong', resolve))
    await server.kill()
    await eventually(() => expect(node.isReady).toBe(false))
    publisher.publish({ channel: 1, sequence: 2 })
    await eventually(() => expect(publisher.acknowledged).toEqual(['2:refused']))
    await server.start()
    await eventually(() => expect(node.isReady).toBe(true))
    publisher.publish({ channel: 1, sequence: 3 })
    await eventually(() => expect(publisher.acknowledged).toEqual(['2:refused', '3:accepted']))
    expect(node.stats()).toMatchObject({ published: 1, refused: 1, fanned: 1 })
  },
)

test.skipIf(!redis)('a publish in flight is settled the moment its broker is lost', async () => {
  const server = await RedisServer.start(redis ?? '')
  onTestFinished(() => server.kill())
  const bridge = new RedisPubsub(server.url)
  onTestFinished(() => bridge.stop())
  await bridge.start({ message: () => {}, ready: () => {}, lost: () => {} })
  server.freeze()
  const outcome = bridge.publish(publishOf({ channel: 1, sequence: 1 }))
  await server.kill()
  expect(await outcome).toBe('unknown')
  expect(await bridge.publish(publishOf({ channel: 1, sequence: 2 }))).toBe('refused')
})

test.skipIf(!redis)('a publish that the broker turns down is refused', async () => {
  const server = await RedisServer.start(redis ?? '')
  onTestFinished(() => server.kill())
  const bridge = new RedisPubsub(server.url)
  onTestFinished(() => bridge.stop())
  await bridge.start({ message: () => {}, ready: () => {}, lost: () => {} })
  const administrator = new Redis(server.url)
  onTestFinished(() => administrator.disconnect())
  await administrator.acl('SETUSER', 'default', '-publish')
  expect(await bridge.publish(publishOf({ channel: 1, sequence: 1 }))).toBe('refused')
})

test.skipIf(!redis)('a drain does not wait for a broker that does not answer', async () => {
  const server = await RedisServer.start(redis ?? '')
  onTestFinished(() => server.kill())
  const node = await startTestNode({ bridge: 'redis-pubsub', brokerUrl: server.url })
  server.freeze()
  expect(await node.drain()).toBe(0)
})

async function startCluster(startBroker: () => Promise<TestBroker>) {
  const broker = await startBroker()
  onTestFinished(() => broker.kill())
  const start = (index: number): Promise<Node> =>
    startTestNode({ id: `n${index + 1}`, index, bridge: 'redis-pubsub', brokerUrl: broker.url })
  const nodes = [await start(0), await start(1)] as const
  return { broker, nodes }
}

async function connectEach(nodes: readonly [Node, Node]): Promise<[TestClient, TestClient]> {
  return [await TestClient.connect(nodes[0].port), await TestClient.connect(nodes[1].port)]
}
