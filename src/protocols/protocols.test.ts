import { Decoder, Encoder, type Packet, PacketType } from 'socket.io-parser'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type ProtocolName, protocols } from './index.js'
import type { ProtocolKind } from './kind.js'
import { converse } from './testing/converse.js'
import { recordingPeer } from './testing/recording-peer.js'

describe.each(Object.keys(protocols) as ProtocolName[])('%s', (kind) => {
  it('has a summary, requires no settings, and refuses unknown ones', () => {
    const { summary, options } = protocols[kind] as unknown as ProtocolKind<unknown>
    expect(summary).toMatch(/^[a-zA-Z].{10,}[^.]$/)
    expect(options.safeParse({}).success).toBe(true)
    expect(options.safeParse({ nonsense: 1 }).success).toBe(false)
  })

  it('survives malformed frames', () => {
    const conversation = converse(kind, {}, recordingPeer(['room']))
    conversation.open?.()
    const malformed = [
      'null',
      '1',
      '{}',
      '[1,2]',
      '{"id":1}',
      '{"push":{}}',
      '{"id":2,"subscribe":{"recoverable":true}}',
      '{"type":"next"}',
      '[null,null,"","phx_reply",null]',
    ]
    for (const text of [
      ...malformed,
      'RECEIPT\n\n\0',
      '\0\0',
      '',
      '4',
      '40',
      '43',
      '43x',
      '44',
      '0{',
      '{',
      '[]',
      '40/wsbench-probe-',
      '\0',
    ])
      conversation.text?.(text)
    for (const bytes of [[], [0], [0x20], [0xff, 0xff, 0xff, 0xff, 0xff], [0x90, 0]])
      (conversation.stream ?? conversation.binary)?.call(conversation, Buffer.from(bytes), false)
    conversation.message?.(Buffer.from('wsb1.'))
  })
})

describe('json', () => {
  it('is ready once every channel is confirmed', () => {
    const peer = recordingPeer(['a', 'b'])
    const conversation = converse(
      'json',
      { subscribe: { join: '{channel}' }, subscribed: '"ok":"{channel}"' },
      peer,
    )
    conversation.open?.()
    conversation.text?.('{"ok":"b"}')
    expect(peer.log).toEqual(['send {"join":"a"}', 'send {"join":"b"}'])
    conversation.text?.('{"ok":"a"}')
    expect(peer.log.at(-1)).toBe('ready false')
  })
})

describe('json, the conversation', () => {
  const hub = {
    handshake: [
      { expect: { type: 'welcome' } },
      { send: { auth: 'x' }, expect: { user: {} }, take: { id: 'user.ids[1]' } },
    ],
    subscribe: { join: '{channel}', user: '{taken:id}' },
    subscribed: { joined: '{channel}' },
    rejected: { error: '{any}' },
    publish: { say: '{payload}', n: '{sequence}', text: 'n {sequence}', id: '{id}' },
    acked: { ok: '{id}' },
    refused: { no: '{sequence}' },
  }

  function conversing(channels = ['room-1', 'room-10']) {
    const peer = recordingPeer(channels)
    const conversation = converse('json', hub, peer)
    conversation.open?.()
    return { peer, hear: (frame: object) => conversation.text?.(JSON.stringify(frame)), conversation }
  }

  it('goes through its steps in order, takes values, and is then ready', () => {
    const { peer, hear } = conversing()
    expect(peer.log).toEqual([])
    hear({ user: { ids: [1, 2] } })
    hear({ type: 'welcome', more: 1 })
    expect(peer.log).toEqual(['send {"auth":"x"}'])
    hear({ user: { ids: [1, 2] } })
    expect(peer.log.slice(1)).toEqual([
      'conceal 2',
      'send {"join":"room-1","user":"2"}',
      'send {"join":"room-10","user":"2"}',
    ])
    hear({ joined: 'room-10' })
    hear({ joined: 'room-10' })
    expect(peer.isReady).toBe(false)
    hear({ joined: 'room-1' })
    expect(peer.isReady).toBe(true)
  })

  it('fails if a value to take is not there', () => {
    const { peer, hear } = conversing()
    hear({ type: 'welcome' })
    hear({ user: { ids: [1] } })
    expect(peer.log.at(-1)).toBe('fail no user.ids[1] in {"user":{"ids":[1]}}')
  })

  it('fails if it is rejected, with the frame as words', () => {
    const { peer, hear } = conversing()
    hear({ error: false })
    expect(peer.log).toEqual([])
    hear({ error: 'expired' })
    expect(peer.log).toEqual(['fail {"error":"expired"}'])
  })

  it('numbers its messages, and knows which one an answer is to', () => {
    const { peer, hear, conversation } = conversing([])
    hear({ type: 'welcome' })
    hear({ user: { ids: [1, 2] } })
    conversation.publish({ channel: 'a', payload: 'P', sequence: 7 })
    expect(peer.sent.at(-1)).toBe('{"say":"P","n":7,"text":"n 7","id":"wsb-1-c0-7"}')
    peer.log.length = 0
    hear({ ok: 'wsb-1-c0-7' })
    hear({ ok: 'wsb-1-c1-8' })
    hear({ no: 8, why: 'x' })
    hear({ no: '9' })
    hear({ no: 'x' })
    expect(peer.log).toEqual(['acked 7', 'refused 8 {"no":8,"why":"x"}', 'refused 9 {"no":"9"}'])
  })

  it('answers heartbeats, and divides frames at the separator', () => {
    const peer = recordingPeer([])
    const conversation = converse('json', { separator: ';', pong: { on: 'ping', send: 'pong' } }, peer)
    conversation.open?.()
    conversation.text?.('pinged;ping;')
    conversation.text?.('x ping')
    expect(peer.log).toEqual(['ready false', 'send pong;', 'send pong;'])
  })

  it('pings, and fails without an answer by the next ping', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const peer = recordingPeer([])
    const conversation = converse('json', { ping: { every: '1s', send: 'ping', expect: 'pong' } }, peer)
    conversation.open?.()
    vi.advanceTimersByTime(1_000)
    conversation.text?.('pong')
    vi.advanceTimersByTime(2_000)
    expect(peer.log).toEqual(['ready false', 'send ping', 'send ping', 'fail no answer to a ping within 1 s'])
    conversation.close?.()
    vi.advanceTimersByTime(5_000)
    expect(peer.log).toHaveLength(4)
  })

  it('has publishers subscribe only if told to', () => {
    for (const publishersSubscribe of [false, true]) {
      const peer = { ...recordingPeer([]), publishes: ['room'] }
      const conversation = converse('json', { subscribe: 'join {channel}', publishersSubscribe }, peer)
      conversation.open?.()
      expect(peer.sent).toEqual(publishersSubscribe ? ['join room'] : [])
    }
  })
})

describe.each<[ProtocolName, object, readonly string[], string]>([
  ['json', { subscribed: 'joined {channel}' }, [], 'joined room: wsb1.1.1.1.1.1.1.'],
  [
    'graphql-transport-ws',
    { subscribed: 'joined {channel}' },
    ['{"type":"connection_ack"}'],
    '{"id":"s0","type":"next","payload":{"data":{"joined room":"wsb1.1.1.1.1.1.1."}}}',
  ],
  [
    'socket.io',
    { subscribe: { confirm: 'ack' } },
    ['0{}', '40{"sid":"s"}'],
    '430[{"history":["wsb1.1.1.1.1.1.1."]}]',
  ],
])('%s', (kind, options, before, confirmation) => {
  it('is ready by a confirmation that also has messages', () => {
    const peer = recordingPeer(['room'])
    const conversation = converse(kind, options, peer)
    conversation.open?.()
    for (const text of before) conversation.text?.(text)
    expect(peer.isReady).toBe(false)
    conversation.message?.(Buffer.from(confirmation))
    expect(peer.isReady).toBe(true)
  })
})

/** The packets that the official parser reads from our frames. */
function decode(frames: readonly string[]): Packet[] {
  const packets: Packet[] = []
  const decoder = new Decoder()
  decoder.on('decoded', (packet: Packet) => packets.push(packet))
  for (const frame of frames.filter((text) => text.startsWith('4'))) decoder.add(frame.slice(1))
  return packets
}

/** The frame that a socket.io server sends. */
function encode(packet: Packet): string {
  return `4${new Encoder().encode(packet)[0] as string}`
}

describe('socket.io', () => {
  it('reads packets that the official parser writes', () => {
    const peer = recordingPeer(['r'])
    const confirmed = { confirm: 'ack' }
    const conversation = converse('socket.io', { subscribe: confirmed, publish: { confirm: 'probe' } }, peer)
    conversation.text?.('0{"sid":"x"}')
    conversation.text?.(encode({ type: PacketType.CONNECT, nsp: '/', data: { sid: 's', pid: 'P' } }))
    conversation.text?.(encode({ type: PacketType.ACK, nsp: '/', id: 0, data: [] }))
    expect(peer.isReady).toBe(true)
    const data = ['new-message', { message: 'wsb1.1.1.1.1.1.1.' }, '17-0']
    conversation.message?.(Buffer.from(encode({ type: PacketType.EVENT, nsp: '/', data })))
    expect(peer.memory.get('offset')).toBe('17-0')
    conversation.publish({ channel: 'r', payload: 'wsb1.x', sequence: 9 })
    const refusal = { message: 'Invalid namespace' }
    conversation.text?.(encode({ type: PacketType.CONNECT_ERROR, nsp: '/wsbench-probe-1', data: refusal }))
    expect(peer.log.at(-1)).toBe('acked 9')
    conversation.text?.(encode({ type: PacketType.DISCONNECT, nsp: '/' }))
    expect(peer.log.at(-1)).toBe('fail DISCONNECT')
  })

  it('connects, joins, probes and publishes with packets that the official parser reads', () => {
    const peer = recordingPeer(['room "1"'])
    const conversation = converse('socket.io', { auth: { user: '{client}' } }, peer)
    conversation.text?.('0{"sid":"x"}')
    conversation.text?.('40{"sid":"s"}')
    expect(peer.isReady).toBe(false)
    conversation.text?.('44/wsbench-probe-0,{"message":"Invalid namespace"}')
    expect(peer.isReady).toBe(true)
    conversation.publish({ channel: 'room "1"', payload: 'wsb1.x', sequence: 9 })
    conversation.text?.('44/wsbench-probe-1,{"message":"Invalid namespace"}')
    conversation.text?.('2')
    expect(decode(peer.sent)).toMatchObject([
      { type: PacketType.CONNECT, nsp: '/', data: { user: 'c0' } },
      { type: PacketType.EVENT, nsp: '/', data: ['join-room', 'room "1"'] },
      { type: PacketType.CONNECT, nsp: '/wsbench-probe-0' },
      { type: PacketType.EVENT, data: ['send-message', { roomId: 'room "1"', message: 'wsb1.x' }] },
      { type: PacketType.CONNECT, nsp: '/wsbench-probe-1' },
    ])
    expect(peer.log.slice(-2)).toEqual(['acked 9', 'send 3'])
  })

  it('matches acks by id', () => {
    const peer = recordingPeer(['r'])
    const conversation = converse('socket.io', { subscribe: { confirm: 'ack' } }, peer)
    conversation.text?.('0{}')
    conversation.text?.('40{"sid":"s"}')
    expect(decode(peer.sent).at(-1)).toMatchObject({
      type: PacketType.EVENT,
      id: 0,
      data: ['join-room', 'r'],
    })
    conversation.text?.('430[]')
    expect(peer.isReady).toBe(true)
  })

  it('fails if the server does not ping for pingInterval + pingTimeout', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const peer = recordingPeer(['r'])
    const conversation = converse('socket.io', {}, peer)
    conversation.text?.('0{"sid":"x","pingInterval":300,"pingTimeout":200}')
    vi.advanceTimersByTime(499)
    conversation.text?.('2')
    vi.advanceTimersByTime(499)
    expect(peer.log.some((line) => line.startsWith('fail'))).toBe(false)
    vi.advanceTimersByTime(1)
    expect(peer.log.at(-1)).toBe('fail no ping of the server in time')
  })

  it('expects no ping after its connection ended', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const peer = recordingPeer(['r'])
    const conversation = converse('socket.io', {}, peer)
    conversation.text?.('0{"sid":"x","pingInterval":300,"pingTimeout":200}')
    conversation.close?.()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('resumes from the last offset, and is recovered only in the same session', () => {
    const first = recordingPeer(['r'])
    const before = converse('socket.io', {}, first)
    before.text?.('40{"sid":"s","pid":"P1"}')
    before.message?.(Buffer.from('42["new-message",{"message":"wsb1.1.1.1.1.1.1."},"17-0"]'))
    const back = recordingPeer(['r'], first.memory)
    const after = converse('socket.io', {}, back)
    after.text?.('0{}')
    expect(decode(back.sent)).toMatchObject([{ data: { pid: 'P1', offset: '17-0' } }])
    after.text?.('40{"sid":"s","pid":"P1"}')
    expect(back.log.at(-1)).toBe('ready true')
    const other = recordingPeer(['r'], first.memory)
    converse('socket.io', {}, other).text?.('40{"sid":"s","pid":"P2"}')
    expect(other.isReady).toBe(false)
    expect(other.memory.get('offset')).toBeUndefined()
  })
})

describe('confirmations of json', () => {
  const plain = { subscribe: 'SUB {channel}', subscribed: 'subscribed {channel}' }
  const readyAfter = (channels: readonly string[], ...frames: readonly string[]) => {
    const peer = recordingPeer(channels)
    const conversation = converse('json', plain, peer)
    conversation.open?.()
    return frames.map((frame) => {
      conversation.text?.(frame)
      return peer.isReady
    })
  }

  it.each([
    ['in order', ['room-1', 'room-10'], ['subscribed room-1', 'subscribed room-10'], [false, true]],
    ['in another order', ['room-1', 'room-10'], ['subscribed room-10', 'subscribed room-1'], [false, true]],
    ['in one frame', ['a', 'b'], ['subscribed a, subscribed b'], [true]],
    ['of another room', ['room-1'], ['subscribed room-12', 'subscribed room-1'], [false, true]],
  ] as const)('%s', (_how, channels, frames, expected) => {
    expect(readyAfter(channels, ...frames)).toEqual(expected)
  })
})
