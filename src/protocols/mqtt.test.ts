import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endOfPacket, publish, startOfBody } from './mqtt-packets.js'
import { emptyTag, encodePayload, readTag } from './tag.js'
import { converse } from './testing/converse.js'
import { recordingPeer } from './testing/recording-peer.js'

function message(sequence: number, qos = 0): Buffer {
  const tag = { run: 7, publisher: 0, channel: 0, sequence, plannedMicros: 1, sentMicros: 2 }
  return publish('wsbench/a', encodePayload(tag, 200), qos, sequence)
}

/** A peer with its conversation, and the sequences of the messages that it got, in order. */
function listen(options: object = {}) {
  const peer = recordingPeer(['room'])
  const conversation = converse('mqtt', options, peer)
  const sequences: number[] = []
  const handle = peer.packet
  peer.packet = (bytes) => {
    const tag = emptyTag()
    if (readTag(bytes, 0, tag) >= 0) sequences.push(tag.sequence)
    handle(bytes)
  }
  return { peer, conversation, sequences, feed: (bytes: Buffer) => conversation.stream?.(bytes, false) }
}

describe('mqtt', () => {
  it('connects, subscribes, acks and is acked, wherever packets are cut', () => {
    const { peer, conversation, feed } = listen({ qos: 1 })
    conversation.open?.()
    const answers = Buffer.from([0x20, 2, 0, 0, 0x90, 3, 0, 1, 1, 0x32, 5, 0, 1, 0x61, 0x12, 0x34])
    for (const byte of answers) feed(Buffer.from([byte]))
    expect(peer.isReady).toBe(true)
    conversation.publish({ channel: 'room', payload: 'x'.repeat(300), sequence: 5 })
    feed(Buffer.from([0x40, 2, 0, 1]))
    expect(peer.log.at(-1)).toBe('acked 5')
    expect(peer.sentBytes.map((bytes) => bytes[0]! >> 4)).toEqual([1, 8, 4, 3])
    expect(peer.sentBytes[2]).toEqual(Buffer.from([0x40, 2, 0x12, 0x34]))
    const sent = peer.sentBytes[3]!
    expect(endOfPacket(sent, 0)).toBe(sent.length)
    expect(sent.length - startOfBody(sent)).toBe(2 + 'wsbench/room'.length + 2 + 300)
  })

  it('reads packets that share a frame, and one that takes two', () => {
    const { sequences, feed } = listen()
    for (const sequence of [1, 2, 3]) feed(message(sequence))
    feed(Buffer.concat([message(4), message(5)]))
    feed(message(6).subarray(0, 25))
    feed(message(6).subarray(25))
    feed(message(7))
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  it('reads two copies in one frame as two', () => {
    const { sequences, feed } = listen()
    feed(Buffer.concat([message(1), message(1)]))
    expect(sequences).toEqual([1, 1])
  })

  it('reads the same, wherever frames are cut', () => {
    const packets = [
      Buffer.from([0x20, 2, 0, 0]),
      message(1),
      Buffer.from([0x90, 3, 0, 1, 0]),
      message(2, 1),
      Buffer.from([0xd0, 0]),
      message(3),
    ]
    const bytes = Buffer.concat(packets)
    const check = (cuts: readonly number[]) => {
      const { peer, sequences, feed } = listen()
      const edges = [0, ...cuts.toSorted((left, right) => left - right), bytes.length]
      for (const [index, edge] of edges.slice(1).entries()) feed(bytes.subarray(edges[index], edge))
      expect(sequences).toEqual([1, 2, 3])
      expect(peer.log.filter((line) => !line.startsWith('send'))).toEqual(['ready false'])
      expect(peer.sentBytes.at(-1)).toEqual(Buffer.from([0x40, 2, 0, 2]))
    }
    for (let cut = 0; cut <= bytes.length; cut += 1) check([cut])
    fc.assert(fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), check), { numRuns: 300 })
  })

  it('copies nothing where each frame is one packet', () => {
    const { peer, feed } = listen()
    const taken: Buffer[] = []
    peer.packet = (bytes) => void taken.push(bytes)
    const frames = [message(1), message(2)]
    for (const frame of frames) feed(frame)
    expect(taken[0]).toBe(frames[0])
    expect(taken[1]).toBe(frames[1])
  })

  it('starts anew with each connection', () => {
    listen().feed(message(1).subarray(0, 25))
    const { sequences, feed } = listen()
    feed(message(2))
    expect(sequences).toEqual([2])
  })

  it.each([
    [
      'is longer than any message',
      [0x30, 0xff, 0xff, 0x7f],
      'violated 1009 packet of 2097155 bytes, limit 1114112',
    ],
    [
      'has a length without end',
      [0x30, 0xff, 0xff, 0xff, 0xff],
      'violated 1002 an MQTT length of more than four bytes',
    ],
  ])('refuses a packet that %s, as soon as that shows', (_, head, violation) => {
    const { peer, sequences, feed } = listen()
    feed(Buffer.concat([message(1), Buffer.from(head)]))
    expect(sequences).toEqual([1])
    expect(peer.log).toEqual([violation])
  })

  it.each([
    [0, 'ready false'],
    [1, 'ready true'],
  ])('QoS %i: a session that has the subscription is ready at once: %s', (qos, expected) => {
    const sessionPresent = Buffer.from([0x20, 2, 1, 0])
    const first = recordingPeer(['room'])
    converse('mqtt', { qos, clean: false }, first).binary?.(sessionPresent)
    // The first connection has a session, but no subscription.
    const second = recordingPeer(['room'], first.memory)
    const conversation = converse('mqtt', { qos, clean: false }, second)
    conversation.binary?.(sessionPresent)
    expect([second.isReady, second.sentBytes.length]).toEqual([false, 1])
    conversation.binary?.(Buffer.from([0x90, 3, 0, 1, qos]))
    const third = recordingPeer(['room'], first.memory)
    converse('mqtt', { qos, clean: false }, third).binary?.(sessionPresent)
    expect(third.log).toEqual([expected])
  })

  it('fails on a refusal, and on a packet that is too short', () => {
    for (const [words, bytes] of [
      ['CONNACK 5: not authorized', [0x20, 2, 0, 5]],
      ['SUBACK 128: subscription refused: wsbench/room', [0x90, 3, 0, 1, 0x80]],
      ['a packet that is too short', [0x20, 1, 0]],
    ] as const) {
      const peer = recordingPeer(['room'])
      converse('mqtt', {}, peer).binary?.(Buffer.from(bytes))
      expect(peer.log).toEqual([`fail ${words}`])
    }
  })
})
