import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { blocksOf } from './support/doc-blocks.js'
import { patience } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { type Finished, wsbench } from './support/wsbench.js'

const SECRET = 'kept-to-itself'

/** What the server itself counted. */
interface Counts {
  readonly published: number
  readonly refused: number
  readonly copies: number
  readonly pings: number
  readonly pongs: number
  readonly users: Readonly<Record<string, string>>
}

let servers: Servers
beforeEach(() => {
  servers = new Servers()
})
afterEach(() => servers.stop())

async function flowServer(env: NodeJS.ProcessEnv = {}): Promise<number> {
  return (await servers.fixture('flow-server.mjs', { TOKEN: SECRET, ...env })).port
}

async function countsOf(port: number): Promise<Counts> {
  return (await (await fetch(`http://127.0.0.1:${port}/counts`)).json()) as Counts
}

/** The examples of docs/flows.md by the name of their scenario. */
const examples = new Map(
  blocksOf('docs/flows.md').flatMap(({ language, text }) => {
    const name = /^name: (\S+)/m.exec(text)?.[1]
    return language === 'yaml' && name !== undefined ? [[name, text] as const] : []
  }),
)

/** Runs an example of the docs against our server, as it stands there but for the address and the length. */
async function runExample(name: string, port: number, changes: readonly string[] = []): Promise<Finished> {
  const text = examples.get(name)!.replaceAll(/wss?:\/\/[^/"]+/g, `ws://127.0.0.1:${port}`)
  const short = ['phases.warmup=0s', 'phases.measure=2s', 'phases.grace=1s', 'clients.connectTimeout=3s']
  const sets = [...short, ...changes].flatMap((change) => ['--set', change])
  servers.write(
    'users.csv',
    `token,user\n${Array.from({ length: 50 }, (_, row) => `${SECRET},u${row}`).join('\n')}\n`,
  )
  return wsbench(['run', servers.write(`${name}.yaml`, `${text}\nvalidity: ${patience}\n`), ...sets], {
    SECRET,
  })
}

function saidBy({ stdout, stderr }: Finished): string {
  return `${stdout}${stderr}`
}

describe('a conversation before the first message', () => {
  it('ActionCable: welcome, subscribe, confirm; publishers subscribe too', async () => {
    const port = await flowServer()
    const finished = await runExample('cable', port)
    expect(finished.code, saidBy(finished)).toBe(0)
    const { delivery } = finished.result!
    const { published, copies, refused } = await countsOf(port)
    expect(delivery).toMatchObject({ lost: 0, unexpected: 0, delivered: delivery.planned })
    // One message before load. A publisher hears its own messages too, the one before load included.
    expect(published).toBe(delivery.published.sent + 1)
    expect(copies).toBe(delivery.delivered + delivery.published.sent + 2)
    expect(refused).toBe(0)
  })

  it('ActionCable: a refused subscription ends the run before load, in the words of the server', async () => {
    const finished = await runExample('cable', await flowServer(), ['traffic[0].channel.name=forbidden'])
    expect(finished.code, saidBy(finished)).toBe(3)
    expect(finished.stderr).toContain('reject_subscription')
  })

  it('a hub: auth, a session that joins must have, heartbeats both ways, acks by id', async () => {
    const port = await flowServer()
    const finished = await runExample('hub', port)
    expect(finished.code, saidBy(finished)).toBe(0)
    const { delivery, connections } = finished.result!
    const { published, copies, pings, pongs } = await countsOf(port)
    expect(delivery).toMatchObject({ lost: 0, unexpected: 0, delivered: delivery.planned })
    expect(delivery.published).toMatchObject({ acked: delivery.published.sent })
    expect([published - 1, copies - delivery.delivered]).toEqual([delivery.published.sent, 1])
    expect(pongs).toBeGreaterThan(100)
    expect(pings).toBeGreaterThan(10)
    expect(connections.failed).toEqual({})
    expect(JSON.stringify(finished)).not.toContain(SECRET)
  })

  it('a hub: who is denied ends the run before load', async () => {
    const finished = await runExample('hub', await flowServer({ TOKEN: 'another' }))
    expect([finished.code, finished.result], saidBy(finished)).toEqual([3, null])
    expect(finished.stderr).toMatch(/denied.*unknown token/)
  })

  it('a hub: who gets no answer to a ping reconnects', async () => {
    const finished = await runExample('hub', await flowServer({ MUTE: '1' }))
    const { refusals, reconnects } = finished.result!.connections
    expect(reconnects).toBeGreaterThan(5)
    expect(JSON.stringify(refusals)).toContain('no answer to a ping within 500 ms')
  })

  it('calls that are answered by id: every fifth is refused, and not lost', async () => {
    const port = await flowServer()
    const finished = await runExample('rpc', port)
    const { delivery, connections } = finished.result!
    const { published, refused } = await countsOf(port)
    expect(delivery.published.refused).toBe(refused)
    expect(delivery).toMatchObject({ lost: 0, unpublished: refused, delivered: published - 1 })
    expect(refused).toBeGreaterThan(0)
    expect(JSON.stringify(connections.refusals)).toContain('over quota')
  })

  it('room and client in the path and the query', async () => {
    const port = await flowServer()
    const finished = await runExample('room-in-path', port)
    expect(finished.code, saidBy(finished)).toBe(0)
    const { delivery } = finished.result!
    expect(delivery).toMatchObject({ lost: 0, unexpected: 0, delivered: delivery.planned })
    const { users, copies } = await countsOf(port)
    expect(users).toMatchObject({
      c0: 'lobby-1',
      c9: 'lobby-1',
      c10: 'lobby-2',
      c39: 'lobby-4',
      p3: 'lobby-4',
    })
    expect(copies).toBe(delivery.delivered + 1)
  })

  it('members talk in their own rooms, and each hears all of them', async () => {
    const port = await flowServer()
    const finished = await runExample('chat', port)
    expect(finished.code, saidBy(finished)).toBe(0)
    const { delivery } = finished.result!
    const { published, copies } = await countsOf(port)
    expect(delivery).toMatchObject({ lost: 0, unexpected: 0, delivered: delivery.planned })
    expect(delivery.planned).toBe(4 * delivery.published.sent)
    expect(delivery.published).toMatchObject({ acked: delivery.published.sent, failed: 0 })
    expect([published, copies]).toEqual([delivery.published.sent + 1, delivery.delivered + 1])
  })

  it('members who do not hear themselves: their own messages are not due to them', async () => {
    const port = await flowServer()
    const finished = await runExample('chat-without-echo', port)
    expect(finished.code, saidBy(finished)).toBe(0)
    const { delivery } = finished.result!
    expect(delivery).toMatchObject({ lost: 0, unexpected: 0, delivered: delivery.planned })
    expect(delivery.planned).toBe(9 * delivery.published.sent)
    expect((await countsOf(port)).copies).toBe(delivery.delivered)
  })

  it('members who do not hear themselves, on a server that says it does: the missing copies are lost', async () => {
    const finished = await runExample('chat-without-echo', await flowServer(), ['traffic[0].echoes=true'])
    const { delivery } = finished.result!
    expect(delivery.published.sent).toBeGreaterThan(50)
    expect(delivery.lost).toBe(delivery.published.sent)
  })

  it('SignalR: several records to a frame, completions as acks', async () => {
    const port = await flowServer()
    const finished = await runExample('signalr', port)
    expect(finished.code, saidBy(finished)).toBe(0)
    const { delivery } = finished.result!
    expect(delivery).toMatchObject({ lost: 0, unexpected: 0, delivered: delivery.planned })
    expect(delivery.published.acked).toBe(delivery.published.sent)
    expect((await countsOf(port)).copies).toBe(delivery.delivered + 1)
  })
})
