import { describe, expect, it } from 'vitest'
import { Heartbeats } from './heartbeats.js'

/** Clients whose pongs the test sends, and what was done to them. */
function setUp(count: number, policy = { everyMs: 1_000, timeoutMs: 500 }) {
  const pinged: number[] = []
  const disconnected: number[] = []
  const closed = new Set<number>()
  const clients = {
    count,
    ping(client: number) {
      if (closed.has(client)) return false
      pinged.push(client)
      return true
    },
    disconnect: (client: number) => void disconnected.push(client),
  }
  const heartbeats = new Heartbeats(clients, policy)
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 50) heartbeats.pass(Math.min(50, left))
  }
  return { heartbeats, pass, pinged, disconnected, closed }
}

describe('heartbeats', () => {
  it('pings each client once a period, evenly spread', () => {
    const { pass, pinged } = setUp(20)
    pass(100)
    expect(pinged).toEqual([0, 1])
    pass(900)
    expect(pinged).toEqual(Array.from({ length: 20 }, (_, client) => client))
    pass(1_000)
    expect(pinged).toHaveLength(40)
  })

  it('disconnects a client whose pong does not come in time, and no other', () => {
    const { heartbeats, pass, pinged, disconnected } = setUp(2)
    pass(500)
    expect(pinged).toEqual([0])
    heartbeats.pong(0)
    pass(500)
    expect(pinged).toEqual([0, 1])
    pass(400)
    expect(disconnected).toEqual([])
    pass(100)
    expect(disconnected).toEqual([1])
    expect(heartbeats).toMatchObject({ sent: 3, answered: 1, missed: 1 })
  })

  it('expects no pong of a connection that ended, nor of a client that does not read', () => {
    const { heartbeats, pass, disconnected, closed } = setUp(2, { everyMs: 1_000, timeoutMs: 900 })
    pass(1_000)
    heartbeats.renew(0)
    closed.add(0)
    heartbeats.pause(1)
    pass(2_000)
    expect(disconnected).toEqual([])
    expect(heartbeats.sent).toBe(2)
  })

  it('counts an answer once, and an unsolicited pong never', () => {
    const { heartbeats, pass } = setUp(1)
    heartbeats.pong(0)
    pass(1_000)
    heartbeats.pong(0)
    heartbeats.pong(0)
    expect(heartbeats.answered).toBe(1)
  })

  it('disconnects nobody because its own event loop was blocked', () => {
    const { heartbeats, pass, disconnected } = setUp(1)
    pass(1_000)
    heartbeats.pass(60_000)
    expect(disconnected).toEqual([])
    pass(400)
    expect(disconnected).toEqual([0])
  })
})
