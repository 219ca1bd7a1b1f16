import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { realSetups, startTestCluster, subscribed } from '../../testing/bridge-setups.js'
import { eventually } from '../../testing/eventually.js'
import { TestClient } from '../../testing/test-client.js'
import { shardTopic } from './topics.js'

const setups = realSetups().filter(({ bridge }) => bridge === 'redis-sharded-pubsub')

test.each(setups)(
  '$name: a node receives a channel from its first client of it until the last has left',
  async (setup) => {
    const { broker, nodes, clients } = await startTestCluster(setup)
    const [first, second] = clients
    const third = await TestClient.connect(nodes[1].port)
    await subscribed(first, 1)
    for (const client of [second, third]) await subscribed(client, 2)
    const redis = new Redis(broker.url, { protocol: 2 })
    onTestFinished(() => redis.disconnect())
    const nodesOn = async (channel: number) => {
      const [, count] = (await redis.call('PUBSUB', 'SHARDNUMSUB', shardTopic(channel))) as [string, number]
      return count
    }
    expect([await nodesOn(1), await nodesOn(2)]).toEqual([1, 1])
    for (const channel of [1, 2]) first.publish({ channel, sequence: 1 })
    await eventually(() => expect(second.received).toEqual(['2:1']))
    await eventually(() => expect(first.received).toEqual(['1:1']))
    expect(nodes.map((node) => node.stats().fanned)).toEqual([1, 1])

    second.websocket.close()
    await second.closed
    await eventually(() => expect(nodes[1].stats().subscriptions).toBe(1))
    expect(await nodesOn(2)).toBe(1)
    third.websocket.close()
    await eventually(async () => expect(await nodesOn(2)).toBe(0))
    await subscribed(first, 2)
    expect(await nodesOn(2)).toBe(1)
  },
)

test.each(setups)('$name: a client waits for its own channel only', async (setup) => {
  const { broker, clients } = await startTestCluster(setup)
  const [first, second] = clients
  await subscribed(first, 1)
  await broker.freeze()
  first.subscribe(2)
  second.subscribe(1)
  for (const client of clients) await client.pong()
  expect([first.controls.length, second.controls.length]).toEqual([1, 0])
  first.subscribe(1)
  await eventually(() => expect(first.controls).toHaveLength(2))
  broker.thaw()
  await eventually(() => expect([first.controls.length, second.controls.length]).toEqual([3, 1]))
})
