import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test } from 'vitest'
import { realSetups, startTestBridge } from '../../testing/bridge-setups.js'
import { eventually } from '../../testing/eventually.js'
import { publishOf, TestClient } from '../../testing/test-client.js'
import { startTestNode } from '../../testing/test-node.js'

describe.each(realSetups())('$name', ({ bridge: kind, startBroker }) => {
  test('a publish whose reply was lost with the broker is neither acked nor refused', async () => {
    const broker = await startBroker()
    const node = await startTestNode({ bridge: kind, brokerUrl: broker.url })
    const publisher = await TestClient.connect(node.port)
    await broker.freeze()
    publisher.publish({ channel: 1, sequence: 1 })
    await publisher.pong()
    await broker.kill()
    await eventually(() => expect(node.isReady).toBe(false))
    publisher.publish({ channel: 1, sequence: 2 })
    await eventually(() => expect(publisher.acknowledged).toEqual(['2:refused']))
    await broker.start()
    await eventually(() => expect(node.isReady).toBe(true))
    publisher.publish({ channel: 1, sequence: 3 })
    await eventually(() => expect(publisher.acknowledged).toEqual(['2:refused', '3:accepted']))
    expect(node.stats()).toMatchObject({ published: 1, refused: 1 })
  })

  test('publishes in flight are settled when their broker is lost', async () => {
    const broker = await startBroker()
    const bridge = await startTestBridge(kind, broker.url)
    await broker.freeze()
    const outcomes = [1, 2].map((sequence) => bridge.publish(publishOf({ channel: 1, sequence })))
    await broker.kill()
    expect(await Promise.all(outcomes)).toEqual(['unknown', 'unknown'])
    await eventually(() => expect(bridge.isReady).toBe(false))
    expect(await bridge.publish(publishOf({ channel: 1, sequence: 3 }))).toBe('refused')
  })

  test('a frozen broker is noticed and publishes in flight are settled; after the thaw the bridge is ready again', async () => {
    const broker = await startBroker()
    const bridge = await startTestBridge(kind, broker.url, {}, 500)
    await broker.freeze()
    const frozenAt = performance.now()
    const outcome = bridge.publish(publishOf({ channel: 1, sequence: 1 }))
    await eventually(() => expect(bridge.isReady).toBe(false))
    expect(performance.now() - frozenAt).toBeLessThan(2_000)
    expect(await outcome).toBe('unknown')
    broker.thaw()
    await eventually(() => expect(bridge.isReady).toBe(true))
    expect(await bridge.publish(publishOf({ channel: 1, sequence: 2 }))).toBe('accepted')
  })

  test('a client’s subscription is confirmed only after the broker has confirmed the node’s', async () => {
    const broker = await startBroker()
    const node = await startTestNode({ bridge: kind, brokerUrl: broker.url })
    const client = await TestClient.connect(node.port)
    client.subscribe(1)
    await eventually(() => expect(client.controls).toHaveLength(1))
    await broker.kill()
    await eventually(() => expect(node.isReady).toBe(false))
    client.subscribe(2)
    await broker.start()
    await eventually(() => expect(client.controls).toHaveLength(2))
    for (const channel of [1, 2]) client.publish({ channel, sequence: 1 })
    await eventually(() => expect(client.received).toEqual(['1:1', '2:1']))
  })

  test('a drain does not wait for a broker that does not answer', async () => {
    const broker = await startBroker()
    const node = await startTestNode({ bridge: kind, brokerUrl: broker.url })
    await broker.freeze()
    expect(await node.drain()).toBe(0)
  })
})

describe.each(realSetups().filter(({ bridge }) => bridge.startsWith('redis')))('$name', (setup) => {
  test('a publish that Redis rejects is refused', async () => {
    const broker = await setup.startBroker()
    const bridge = await startTestBridge(setup.bridge, broker.url)
    const administrator = new Redis(broker.url)
    onTestFinished(() => administrator.disconnect())
    await administrator.acl('SETUSER', 'default', '-publish', '-spublish', '-eval')
    expect(await bridge.publish(publishOf({ channel: 1, sequence: 1 }))).toBe('refused')
  })
})

describe.each(realSetups().filter(({ bridge }) => bridge.startsWith('nats')))('$name', (setup) => {
  test('a publish that is too large for NATS is refused', async () => {
    const broker = await setup.startBroker()
    const bridge = await startTestBridge(setup.bridge, broker.url)
    const tooLarge = publishOf({ channel: 1, sequence: 1, sizeBytes: 2_097_153 })
    expect(await bridge.publish(tooLarge)).toBe('refused')
  })
})
