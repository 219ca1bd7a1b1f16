import { describe, expect, test } from 'vitest'
import { at, kinds, NO_NODE } from '../../../src/protocols/reference.js'
import { allSetups, openTestPublisher, startTestCluster, subscribed } from '../../testing/bridge-setups.js'
import { eventually } from '../../testing/eventually.js'
import { publishOf } from '../../testing/test-client.js'

describe.each(allSetups())('$name', (setup) => {
  test('a message reaches the clients of every node exactly once, and is acked once the broker has it', async () => {
    const { clients } = await startTestCluster(setup)
    const [first, second] = clients
    for (const client of clients) await subscribed(client, 1)

    for (let sequence = 1; sequence <= 100; sequence += 1) first.publish({ channel: 1, sequence })
    await eventually(() => expect(first.acks).toHaveLength(100))
    const all = Array.from({ length: 100 }, (_, index) => `1:${index + 1}`)
    await eventually(() => expect([first.received, second.received]).toEqual([all, all]))
    expect(first.acknowledged.every((ack) => ack.endsWith('accepted'))).toBe(true)
    for (const [index, client] of clients.entries()) {
      expect(client.messages[0]?.readUInt16LE(at.ingressNode)).toBe(0)
      expect(client.messages[0]?.readUInt16LE(at.egressNode)).toBe(index)
    }
  })

  test('a message carries its offset if there is a history, else 0', async () => {
    const { clients } = await startTestCluster(setup)
    const [first, second] = clients
    await subscribed(second, 1)
    const forged = publishOf({ channel: 1, sequence: 1 })
    forged.writeDoubleLE(41, at.offset)
    first.websocket.send(forged)
    first.publish({ channel: 1, sequence: 2 })
    await eventually(() => expect(second.received).toEqual(['1:1', '1:2']))
    const offsets = second.messages.map((message) => message.readDoubleLE(at.offset))
    expect(offsets).toEqual(setup.hasHistory ? [1, 2] : [0, 0])
  })

  test('large and binary payloads arrive unchanged', async () => {
    const { clients } = await startTestCluster(setup)
    const [first, second] = clients
    await subscribed(second, 1)
    first.publish({ channel: 1, sequence: 1, sizeBytes: 700_000 })
    await eventually(() => expect(second.received).toEqual(['1:1']))
    const filler = publishOf({ channel: 1, sequence: 1, sizeBytes: 700_000 }).subarray(64)
    expect(second.messages[0]?.subarray(64).equals(filler)).toBe(true)
  })

  test('publishes of a backend are delivered; other payloads on the broker are not', async () => {
    const { clients, broker } = await startTestCluster(setup)
    for (const client of clients) await subscribed(client, 1)
    const backend = await openTestPublisher(setup.bridge, broker.url)
    const noPublish = publishOf({ channel: 1, sequence: 1 })
    noPublish[at.kind] = kinds.message
    await backend.publish(noPublish)
    expect(await backend.publish(publishOf({ channel: 1, sequence: 2 }))).toBe('accepted')
    for (const client of clients) {
      await eventually(() => expect(client.received).toEqual(['1:2']))
      expect(client.messages[0]?.readUInt16LE(at.ingressNode)).toBe(NO_NODE)
    }
  })

  test('without its broker a node refuses publishes, is unhealthy and confirms no subscription, until the broker is back', async () => {
    const { nodes, clients, broker } = await startTestCluster(setup)
    const [first, second] = clients
    await subscribed(second, 1)

    await broker.kill()
    await eventually(() => expect(nodes.map((node) => node.isReady)).toEqual([false, false]))
    expect((await fetch(`http://127.0.0.1:${nodes[0].port}/health`)).status).toBe(503)
    first.publish({ channel: 1, sequence: 1 })
    await eventually(() => expect(first.acknowledged).toEqual(['1:refused']))
    first.subscribe(1)
    await first.pong()
    expect(first.controls).toEqual([])

    await broker.start()
    await eventually(() => expect(nodes.map((node) => node.isReady)).toEqual([true, true]))
    await eventually(() => expect(first.controls).toEqual([{ op: 'subscribed', channels: [1] }]))
    first.publish({ channel: 1, sequence: 2 })
    await eventually(() => expect(first.acknowledged).toEqual(['1:refused', '2:accepted']))
    await eventually(() => expect([first.received, second.received]).toEqual([['1:2'], ['1:2']]))
  })

  test('every publish around an outage is acked, refused or left without an answer, and none is sent late', async () => {
    const { nodes, clients, broker } = await startTestCluster(setup)
    const [publisher, member] = clients
    await subscribed(member, 1)
    for (let sequence = 1; sequence <= 50; sequence += 1) publisher.publish({ channel: 1, sequence })
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

  test('a drained node has disconnected from the broker', async () => {
    const { nodes, clients, broker } = await startTestCluster(setup)
    for (const client of clients) await subscribed(client, 1)
    const before = await broker.presence()
    expect(before).toBeGreaterThan(0)
    await nodes[1].drain()
    await eventually(async () => expect(await broker.presence()).toBe(before / 2))
  })
})
