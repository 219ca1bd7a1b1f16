import { describe, expect, test } from 'vitest'
import { at } from '../../../src/protocols/reference.js'
import { openTestPublisher, realSetups, startTestBridge } from '../../testing/bridge-setups.js'
import { eventually } from '../../testing/eventually.js'
import { severableProxy } from '../../testing/severable-proxy.js'
import { publishOf } from '../../testing/test-client.js'
import type { Bridge } from './bridge.js'
import { type History, MESSAGES_KEPT, type Position } from './history.js'

const nowhere: Position = { offset: 0, epoch: 'none' }

describe.each(realSetups().filter(({ hasHistory }) => hasHistory))(
  '$name',
  ({ bridge: kind, startBroker }) => {
    test('concurrent publishers: one order for all, and the same order in the history', async () => {
      const broker = await startBroker()
      const received: number[][] = [[], []]
      const start = (index: number) =>
        startTestBridge(kind, broker.url, { message: (message) => received[index]?.push(offsetOf(message)) })
      const [first, second] = [await start(0), await start(1)]
      const backend = await openTestPublisher(kind, broker.url)
      const history = historyOf(first)
      const beginning = await positionOf(history, 1)
      expect(beginning.offset).toBe(0)
      const sequences = Array.from({ length: 300 }, (_, index) => index + 1)
      const outcomes = sequences.map((sequence) => {
        const publisher = [first, second, backend][sequence % 3] ?? backend
        return publisher.publish(publishOf({ channel: 1, sequence }))
      })
      expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['accepted']))

      await eventually(() => expect(received.map(({ length }) => length)).toEqual([300, 300]))
      // With one channel only, the offsets of both bridges have no gaps.
      expect(received).toEqual([sequences, sequences])
      const kept = await messagesAfter(history, 1, beginning)
      expect(kept.map(offsetOf)).toEqual(sequences)
      expect(kept.map(sequenceOf).sort((one, other) => one - other)).toEqual(sequences)
      expect(await positionOf(historyOf(second), 1)).toEqual({ offset: 300, epoch: beginning.epoch })
    })

    test('each channel can be read by itself, from any position', async () => {
      const broker = await startBroker()
      const bridge = await startTestBridge(kind, broker.url)
      const history = historyOf(bridge)
      for (let sequence = 1; sequence <= 20; sequence += 1) {
        for (const channel of [1, 2]) await bridge.publish(publishOf({ channel, sequence }))
      }
      const all = await messagesAfter(history, 2, await beginningOf(history, 2))
      expect(all.map(sequenceOf)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
      expect(all[0]?.subarray(64)).toEqual(publishOf({ channel: 2, sequence: 1 }).subarray(64))
      const { epoch } = await positionOf(history, 2)
      const twelfth = { offset: offsetOf(all[11]!), epoch }
      expect((await messagesAfter(history, 2, twelfth)).map(sequenceOf)).toEqual([
        13, 14, 15, 16, 17, 18, 19, 20,
      ])
      expect(await messagesAfter(history, 2, await positionOf(history, 2))).toEqual([])
      expect(await messagesAfter(history, 3, await positionOf(history, 3))).toEqual([])
    })

    test('null for a position of another store, or beyond the newest message', async () => {
      const broker = await startBroker()
      const bridge = await startTestBridge(kind, broker.url)
      const history = historyOf(bridge)
      await bridge.publish(publishOf({ channel: 1, sequence: 1 }))
      const { offset, epoch } = await positionOf(history, 1)
      expect(await history.after(1, nowhere)).toBeNull()
      expect(await history.after(1, { offset: offset + 1, epoch })).toBeNull()
    })

    test('null when messages are no longer kept; otherwise complete', async () => {
      const broker = await startBroker()
      const bridge = await startTestBridge(kind, broker.url)
      const history = historyOf(bridge)
      const beginning = await positionOf(history, 1)
      await publishMany(bridge, 500)
      expect(await messagesAfter(history, 1, beginning)).toHaveLength(500)
      const early = await positionOf(history, 1)
      await publishMany(bridge, MESSAGES_KEPT)
      const late = { ...early, offset: early.offset + 1 }
      expect(await messagesAfter(history, 1, late)).toHaveLength(MESSAGES_KEPT - 1)
      // Redis drops about a hundred messages at a time.
      await publishMany(bridge, 500)
      expect(await history.after(1, beginning)).toBeNull()
      expect(await history.after(1, early)).toBeNull()
      const newest = await positionOf(history, 1)
      const recent = { ...newest, offset: newest.offset - (MESSAGES_KEPT - 1) }
      const messages = await messagesAfter(history, 1, recent)
      expect(messages.map(offsetOf)).toEqual(messages.map((_, index) => recent.offset + index + 1))
      expect(messages).toHaveLength(MESSAGES_KEPT - 1)
    })

    test('a store that was lost and created again has another epoch', async () => {
      const broker = await startBroker()
      const bridge = await startTestBridge(kind, broker.url)
      const history = historyOf(bridge)
      await publishMany(bridge, 3)
      const before = await positionOf(history, 1)
      await broker.restartEmpty()
      await eventually(() => expect(bridge.isReady).toBe(true))
      await eventually(async () => expect(await history.after(1, before)).toBeNull())
      await publishMany(bridge, 3)
      const after = await positionOf(history, 1)
      expect(after.offset).toBe(before.offset)
      expect(after.epoch).not.toBe(before.epoch)
      expect(await history.after(1, before)).toBeNull()
      expect(await messagesAfter(history, 1, { ...after, offset: 0 })).toHaveLength(3)
    })

    test('null without its broker', async () => {
      const broker = await startBroker()
      const bridge = await startTestBridge(kind, broker.url)
      const history = historyOf(bridge)
      const position = await positionOf(history, 1)
      await broker.kill()
      await eventually(() => expect(bridge.isReady).toBe(false))
      expect(await history.position(1)).toBeNull()
      expect(await history.after(1, position)).toBeNull()
    })
  },
)

test.each(realSetups().filter(({ bridge }) => bridge === 'nats-jetstream'))(
  '$name: messages are kept when the server is restarted',
  async ({ bridge: kind, startBroker }) => {
    const broker = await startBroker()
    const bridge = await startTestBridge(kind, broker.url)
    const history = historyOf(bridge)
    const beginning = await positionOf(history, 1)
    await publishMany(bridge, 10)
    await broker.kill()
    await eventually(() => expect(bridge.isReady).toBe(false))
    await broker.start()
    await eventually(() => expect(bridge.isReady).toBe(true))
    expect(await messagesAfter(history, 1, beginning)).toHaveLength(10)
  },
)

test.each(realSetups().filter(({ bridge }) => bridge === 'nats-jetstream'))(
  '$name: messages stored while a node was disconnected reach it afterwards, once and in order',
  async ({ bridge: kind, startBroker }) => {
    const broker = await startBroker()
    const proxy = await severableProxy(broker.url)
    const received: number[] = []
    const message = (message: Buffer) => received.push(sequenceOf(message))
    const bridge = await startTestBridge(kind, proxy.url, { message })
    const backend = await openTestPublisher(kind, broker.url)
    const publish = (sequence: number) => backend.publish(publishOf({ channel: 1, sequence }))
    expect(await publish(1)).toBe('accepted')
    await eventually(() => expect(received).toEqual([1]))
    await proxy.sever()
    await eventually(() => expect(bridge.isReady).toBe(false))
    for (const sequence of [2, 3]) expect(await publish(sequence)).toBe('accepted')
    await proxy.restore()
    await eventually(() => expect(bridge.isReady).toBe(true))
    expect(await publish(4)).toBe('accepted')
    await eventually(() => expect(received).toEqual([1, 2, 3, 4]))
  },
)

test.each(realSetups().filter(({ hasHistory }) => !hasHistory))('$name has no history', async (setup) => {
  const broker = await setup.startBroker()
  expect((await startTestBridge(setup.bridge, broker.url)).history).toBeNull()
})

async function publishMany(bridge: Bridge, count: number): Promise<void> {
  const message = publishOf({ channel: 1, sequence: 1, sizeBytes: 64 })
  const outcomes = Array.from({ length: count }, () => bridge.publish(message))
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set(['accepted']))
}

function historyOf({ history }: Bridge): History {
  if (!history) throw new Error('it has no history')
  return history
}

async function positionOf(history: History, channel: number): Promise<Position> {
  const position = await history.position(channel)
  if (!position) throw new Error('it has no position')
  return position
}

async function beginningOf(history: History, channel: number): Promise<Position> {
  return { ...(await positionOf(history, channel)), offset: 0 }
}

async function messagesAfter(history: History, channel: number, position: Position) {
  const messages = await history.after(channel, position)
  if (!messages) throw new Error(`nothing is vouched for after ${position.offset}`)
  return messages
}

function offsetOf(message: Buffer): number {
  return message.readDoubleLE(at.offset)
}

function sequenceOf(message: Buffer): number {
  return message.readUInt32LE(at.sequence)
}
