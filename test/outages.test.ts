import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { miniature, patience, set } from './support/miniature.js'
import { describeReal, type Finished, temporary, wsbench } from './support/wsbench.js'

const killAll = [1, 2, 3].map((node) => `{ at: 2s, event: node-kill, node: ${node} }`)

/** A cluster that is gone after a third of the run, with the gates that the bundled scenario has. */
const outages = {
  'all nodes are killed': killAll,
  'the broker is killed': ['{ at: 2s, event: broker-kill }'],
  'the balancer is killed, for the rest of the run': ['{ at: 2s, event: balancer-kill, downtime: 10s }'],
} as const

describeReal('a cluster that dies does not pass the gates of smoke', ['nginx', 'redis-server'], () => {
  it.each(Object.entries(outages))('%s', async (_, chaos) => {
    const { code, result, stdout, stderr } = await wsbench([
      ...['run', 'smoke', '--balancer', 'nginx', '--set', 'cluster.broker=redis'],
      ...miniature,
      ...set({ traffic: '[{ channel: { name: scores }, rate: 20/s }]', chaos: `[${chaos.join(', ')}]` }),
    ])
    expect(code, stdout + stderr).toBe(99)
    const { delivery, gates } = result!
    // 20/s for the warm-up and the measure phase, to 60 clients.
    expect(delivery.planned).toBe(20 * 6.5 * 60)
    expect(delivery.availability).toBeCloseTo(delivery.delivered / delivery.planned, 10)
    expect(delivery.availability).toBeGreaterThan(0.2)
    expect(delivery.availability).toBeLessThan(0.5)
    expect(gates.find(({ expression }) => expression.startsWith('delivery.availability'))!.outcome).toBe(
      'fail',
    )
    expect(stdout).toMatch(/availability: \d+(\.\d+)? % of 7,800 planned/)
  })
})

/** A server of one room that counts what it has sent to members. */
class Room {
  /** The first message is the one that is published before load. */
  sent = -1
  readonly #members = new Set<WebSocket>()
  readonly #http = createServer()
  #isOpen = true

  /** It turns away users called `bad` after the upgrade. */
  constructor() {
    this.#http.on('upgrade', (_request, socket) => {
      if (!this.#isOpen) socket.destroy()
    })
    new WebSocketServer({ server: this.#http }).on('connection', (socket, { url }) => {
      if (url?.includes('bad')) return socket.close(4401, 'token expired')
      socket.on('message', (data) => {
        const message = JSON.parse(String(data))
        if (message.op === 'join') {
          this.#members.add(socket)
          socket.send(JSON.stringify({ joined: message.room }))
          return
        }
        for (const member of this.#members) {
          member.send(String(data))
          this.sent += 1
        }
      })
      socket.on('close', () => this.#members.delete(socket))
    })
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve))
    return (this.#http.address() as AddressInfo).port
  }

  /** What was sent before still arrives; nobody gets in again. */
  goAway(): void {
    this.#isOpen = false
    for (const member of this.#members) member.close(1012)
    this.#members.clear()
  }

  close(): void {
    this.#http.closeAllConnections()
    this.#http.close()
  }
}

describe('availability is what the server itself counted', () => {
  let room: Room
  afterEach(() => room.close())

  async function run(port: number, users: readonly string[]): Promise<Finished> {
    const directory = temporary('outage')
    const scenario = join(directory, 'room.yaml')
    writeFileSync(join(directory, 'users.csv'), ['user', ...users].join('\n'))
    const protocol =
      '{ kind: json, subscribe: { op: join, room: "{channel}" }, subscribed: "\\"joined\\":\\"{channel}\\"", publish: { op: say, room: "{channel}", text: "{payload}" } }'
    writeFileSync(
      scenario,
      `{ name: room, target: { url: 'ws://127.0.0.1:${port}/', feed: users.csv, query: { user: '{feed:user}' }, protocol: ${protocol} },
         clients: { count: 20, connectTimeout: 1s, reconnect: { base: 100ms, cap: 500ms } },
         traffic: [{ channel: { name: lobby }, rate: 20/s }], gates: ['delivery.lost == 0'],
         phases: { warmup: 0s, measure: 4s, grace: 1s }, validity: ${patience} }`,
    )
    return await wsbench(['run', scenario])
  }

  it('half of the clients are turned away after the upgrade: they never subscribed, and the run fails', async () => {
    room = new Room()
    const { code, result, stdout } = await run(await room.listen(), ['good', 'bad'])
    const { delivery, connections, verdict } = result!
    expect(delivery.availability).toBe(room.sent / (20 * 80))
    expect(delivery.neverSubscribed).toBe(20 * 80 - room.sent)
    expect(room.sent).toBe(10 * 80)
    expect(connections.neverSubscribed).toBe(10)
    expect(verdict.reasons[0]).toMatch(/^10 of 20 clients never subscribed: closed with 4401 token expired$/)
    expect(stdout).not.toContain('all connected')
    expect(code).toBe(99)
  })

  it('the server goes away half-way', async () => {
    room = new Room()
    const port = await room.listen()
    const away = setInterval(() => {
      if (room.sent >= 20 * 40) room.goAway()
    }, 5)
    const { code, result, stdout } = await run(port, ['good'])
    clearInterval(away)
    expect(room.sent).toBeGreaterThanOrEqual(20 * 40)
    expect(result!.delivery.planned).toBe(20 * 80)
    expect(result!.delivery.delivered).toBe(room.sent)
    expect(result!.delivery.availability).toBe(room.sent / (20 * 80))
    expect(code, stdout).toBe(99)
  })
})
