import { describe, expect, it } from 'vitest'
import { Heartbeats } from './heartbeats.js'

/** Clients that answer, or don't, and what was done to them. */
function setUp(count: number, policy = { everyMs: 1_000, timeoutMs: 500 }) {
  const pinged: number[] = []
  const givenUp: number[] = []
  const closed = new Set<number>()
  const clients = {
    count,
    ping(client: number) {
      if (closed.has(client)) return false
      pinged.push(client)
      return true
    },
    giveUp: (client: number) => void givenUp.push(client),
  }
  const heartbeats = new Heartbeats(clients, policy)
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 50) heartbeats.pass(Math.min(50, left))
  }
  return { heartbeats, pass, pinged, givenUp, closed }
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

  it('gives up on one whose pong does not come in time, and on no other', () => {
    const { heartbeats, pass, pinged, givenUp } = setUp(2)
    pass(500)
    expect(pinged).toEqual([0])
    heartbeats.pong(0)
    pass(500)
    expect(pinged).toEqual([0, 1])
    pass(400)
    expect(givenUp).toEqual([])
    pass(100)
    expect(givenUp).toEqual([1])
    expect(heartbeats).toMatchObject({ sent: 3, answered: 1, missed: 1 })
  })

  it('awaits nothing of a connection that is gone, nor of a client that reads nothing', () => {
    const { heartbeats, pass, givenUp, closed } = setUp(2, { everyMs: 1_000, timeoutMs: 900 })
    pass(1_000)
    heartbeats.renew(0)
    closed.add(0)
    heartbeats.pause(1)
    pass(2_000)
    expect(givenUp).toEqual([])
    expect(heartbeats.sent).toBe(2)
  })

  it('counts an answer once, and an unasked pong never', () => {
    const { heartbeats, pass } = setUp(1)
    heartbeats.pong(0)
    pass(1_000)
    heartbeats.pong(0)
    heartbeats.pong(0)
    expect(heartbeats.answered).toBe(1)
  })

  it('holds a standstill of its own against nobody', () => {
    const { heartbeats, pass, givenUp } = setUp(1)
    pass(1_000)
    heartbeats.pass(60_000)
    expect(givenUp).toEqual([])
    pass(400)
    expect(givenUp).toEqual([0])
  })
})
