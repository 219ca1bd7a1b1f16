import { expect, test } from 'vitest'
import { at, messageStatus, type ResumePoint } from '../../src/protocols/reference.js'
import {
  type BridgeSetup,
  openTestPublisher,
  realSetups,
  startTestCluster,
  subscribed,
} from '../testing/bridge-setups.js'
import type { RealBroker } from '../testing/brokers.js'
import { eventually } from '../testing/eventually.js'
import { severableProxy } from '../testing/severable-proxy.js'
import { publishOf, TestClient } from '../testing/test-client.js'
import { startTestNode } from '../testing/test-node.js'
import { MESSAGES_KEPT } from './bridges/history.js'

const setups = realSetups().filter(({ hasHistory }) => hasHistory)

/** The position of a client that has received what `client` has received of channel 1. */
function standing({ messages }: TestClient, { epoch, offsets }: ResumePoint): ResumePoint {
  const last = messages.at(-1)
  return { epoch, offsets: last ? [last.readDoubleLE(at.offset)] : offsets }
}

function sequences({ messages }: TestClient): number[] {
  return messages.map((message) => message.readUInt32LE(at.sequence))
}

function statuses({ messages }: TestClient): (number | undefined)[] {
  return messages.map((message) => message[at.status])
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

function disconnect(client: TestClient): Promise<number> {
  client.websocket.terminate()
  return client.closed
}

/** A broker, a node, and a function that publishes `count` messages to channel 1, with sequences from 1. */
async function begin(setup: BridgeSetup<RealBroker>, maxBacklogBytes = 1 << 20) {
  const broker = await setup.startBroker()
  const node = await startTestNode({ bridge: setup.bridge, brokerUrl: broker.url, maxBacklogBytes })
  const backend = await openTestPublisher(setup.bridge, broker.url)
  let sequence = 0
  const publish = async (count: number): Promise<void> => {
    const messages = upTo(count).map(() => {
      sequence += 1
      return backend.publish(publishOf({ channel: 1, sequence }))
    })
    expect(new Set(await Promise.all(messages))).toEqual(new Set(['accepted']))
  }
  return { broker, node, publish }
}

test.each(setups)(
  '$name: missed messages arrive first, also from another node, then live ones',
  async (setup) => {
    const { nodes, clients } = await startTestCluster(setup)
    const [leaving, publisher] = clients
    const { recovered, position } = await leaving.resume([1])
    expect(recovered).toBe(false)
    publisher.publish({ channel: 1, sequence: 1 })
    await eventually(() => expect(sequences(leaving)).toEqual([1]))
    const last = standing(leaving, position!)
    await disconnect(leaving)
    for (const sequence of [2, 3]) publisher.publish({ channel: 1, sequence })
    await eventually(() => expect(publisher.acks).toHaveLength(3))

    const back = await TestClient.connect(nodes[1].port)
    expect(await back.resume([1], last)).toMatchObject({ recovered: true, position: last })
    publisher.publish({ channel: 1, sequence: 4 })
    await eventually(() => expect(sequences(back)).toEqual([2, 3, 4]))
    const { replayed, live } = messageStatus
    expect(statuses(back)).toEqual([replayed, replayed, live])
  },
)

test.each(setups)('$name: no message is lost or duplicated while a client reconnects', async (setup) => {
  const { node, publish } = await begin(setup)
  let client = await TestClient.connect(node.port)
  const { position } = await client.resume([1])
  let last = position!
  const got: number[] = []
  for (let round = 0; round < 20; round += 1) {
    const published = publish(25)
    last = standing(client, last)
    got.push(...sequences(client))
    await disconnect(client)
    client = await TestClient.connect(node.port)
    const others = await Promise.all([1, 2, 3].map(() => TestClient.connect(node.port)))
    const [answer] = await Promise.all([client, ...others].map((each) => each.resume([1], last)))
    expect(answer?.recovered).toBe(true)
    await published
    await Promise.all(others.map(disconnect))
  }
  await eventually(() => expect([...got, ...sequences(client)]).toEqual(upTo(500)))
})

test.each(setups)('$name: a store that was created again is not mistaken for the old one', async (setup) => {
  const { broker, node, publish } = await begin(setup)
  const client = await TestClient.connect(node.port)
  const { position } = await client.resume([1])
  await publish(3)
  await eventually(() => expect(sequences(client)).toEqual([1, 2, 3]))
  const last = standing(client, position!)
  await disconnect(client)
  await broker.restartEmpty()
  await eventually(() => expect(node.isReady).toBe(true))
  const back = await TestClient.connect(node.port)
  const answer = await back.resume([1], last)
  expect(answer.recovered).toBe(false)
  expect(answer.position?.epoch).not.toBe(last.epoch)
  expect(answer.position?.offsets).toEqual([0])
  expect(statuses(back)).not.toContain(messageStatus.replayed)
})

test.each(setups)(
  '$name: nothing is recovered or replayed when some messages are no longer kept',
  async (setup) => {
    const { node, publish } = await begin(setup, 64 << 20)
    const client = await TestClient.connect(node.port)
    const { position } = await client.resume([1])
    await publish(MESSAGES_KEPT + 500)
    const back = await TestClient.connect(node.port)
    const { recovered, position: newest } = await back.resume([1], position)
    expect(recovered).toBe(false)
    // Messages that the node had not read yet may arrive live.
    expect(statuses(back)).not.toContain(messageStatus.replayed)
    expect((await back.resume([1], newest)).recovered).toBe(true)
  },
)

test.each(setups)('$name: nothing is recovered beyond the replay limit', async (setup) => {
  // Half of the backlog is 10 messages.
  const { node, publish } = await begin(setup, 2 * 10 * 128)
  const client = await TestClient.connect(node.port)
  const { position: tooOld } = await client.resume([1])
  await publish(1)
  const { position: recent } = await client.resume([1])
  await disconnect(client)
  await publish(10)
  const back = await TestClient.connect(node.port)
  expect((await back.resume([1], tooOld)).recovered).toBe(false)
  expect(statuses(back)).not.toContain(messageStatus.replayed)
  const other = await TestClient.connect(node.port)
  expect((await other.resume([1], recent)).recovered).toBe(true)
  await eventually(() => expect(other.messages).toHaveLength(10))
})

test.each(setups)('$name: a node catches up after it had lost its broker', async (setup) => {
  const broker = await setup.startBroker()
  const proxy = await severableProxy(broker.url)
  const node = await startTestNode({ bridge: setup.bridge, brokerUrl: proxy.url })
  const backend = await openTestPublisher(setup.bridge, broker.url)
  const publish = (sequence: number) => backend.publish(publishOf({ channel: 1, sequence }))
  const [early, late] = [await TestClient.connect(node.port), await TestClient.connect(node.port)]
  await subscribed(early, 1)
  await proxy.sever()
  await eventually(() => expect(node.isReady).toBe(false))
  for (const sequence of [1, 2]) expect(await publish(sequence)).toBe('accepted')
  late.subscribe(1)
  await late.pong()
  expect(late.controls).toEqual([])
  await proxy.restore()
  await eventually(() => expect(late.controls).toHaveLength(1))
  expect(await publish(3)).toBe('accepted')
  await eventually(() => expect(sequences(early)).toEqual([1, 2, 3]))
  await eventually(() => expect(sequences(late).at(-1)).toBe(3))
})

test.each(setups)('$name: messages already in a new store reach the clients that stayed', async (setup) => {
  const broker = await setup.startBroker()
  const proxy = await severableProxy(broker.url)
  const node = await startTestNode({ bridge: setup.bridge, brokerUrl: proxy.url })
  // It keeps the stream existing, which a backend relies on.
  await startTestNode({ id: 'n2', index: 1, bridge: setup.bridge, brokerUrl: broker.url })
  const backend = await openTestPublisher(setup.bridge, broker.url)
  const publish = async (sequence: number) => {
    await eventually(async () => {
      expect(await backend.publish(publishOf({ channel: 1, sequence }))).toBe('accepted')
    })
  }
  const client = await TestClient.connect(node.port)
  await client.resume([1])
  for (const sequence of [1, 2, 3]) await publish(sequence)
  await eventually(() => expect(sequences(client)).toEqual([1, 2, 3]))
  await proxy.sever()
  await broker.restartEmpty()
  for (const sequence of [4, 5]) await publish(sequence)
  await proxy.restore()
  await eventually(() => expect(node.isReady).toBe(true))
  await publish(6)
  await eventually(() => expect(sequences(client)).toEqual([1, 2, 3, 4, 5, 6]))
})

test('a bridge without history says that it recovers nothing', async () => {
  const node = await startTestNode()
  const client = await TestClient.connect(node.port)
  const answer = await client.resume([1, 2], { epoch: 'once', offsets: [5, 6] })
  expect(answer).toEqual({ op: 'subscribed', channels: [1, 2], recovered: false })
})

test.each(realSetups())(
  '$name: a client that unsubscribes gets all messages accepted before, and none after',
  async (setup) => {
    const broker = await setup.startBroker()
    const node = await startTestNode({ bridge: setup.bridge, brokerUrl: broker.url })
    const [client, other] = [await TestClient.connect(node.port), await TestClient.connect(node.port)]
    await subscribed(client, 1)
    await subscribed(other, 1)
    const backend = await openTestPublisher(setup.bridge, broker.url)
    const publish = (sequence: number) => backend.publish(publishOf({ channel: 1, sequence }))
    expect(new Set(await Promise.all(upTo(200).map(publish)))).toEqual(new Set(['accepted']))
    client.unsubscribe()
    await eventually(() => expect(client.controls.at(-1)).toEqual({ op: 'unsubscribed' }))
    expect(sequences(client)).toEqual(upTo(200))
    await publish(201)
    await eventually(() => expect(sequences(other)).toHaveLength(201))
    await client.pong()
    expect(client.messages).toHaveLength(200)
  },
)
