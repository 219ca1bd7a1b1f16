import { Client } from '@stomp/stompjs'
import { Centrifuge } from 'centrifuge'
import { createClient } from 'graphql-ws'
import { Socket } from 'phoenix'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { patience } from './support/miniature.js'
import { startRabbit } from './support/rabbit.js'
import { Servers } from './support/servers.js'
import { describeReal, type Finished, until, wsbench } from './support/wsbench.js'

const SECRET = 'kept-to-itself'

let servers: Servers
beforeEach(() => {
  servers = new Servers()
})
afterEach(() => servers.stop())

/** What the official client got, by nothing of wsbench's own; it publishes as well as it listens. */
interface Observer {
  readonly texts: Set<string>
  say(text: string): unknown
  close(): unknown
}

async function centrifuge(url: string): Promise<Observer> {
  const client = new Centrifuge(url, { websocket: WebSocket, token: SECRET })
  const subscription = client.newSubscription('room')
  const texts = new Set<string>()
  subscription.on('publication', ({ data }) => texts.add((data as { text: string }).text))
  subscription.subscribe()
  client.connect()
  await subscription.ready()
  return { texts, say: (text) => subscription.publish({ text }), close: () => client.disconnect() }
}

async function phoenix(url: string): Promise<Observer> {
  const socket = new Socket(url.replace('/websocket', ''), {
    transport: WebSocket as never,
    params: { token: SECRET },
  })
  socket.connect()
  const channel = socket.channel('room:room', { nick: 'ann' })
  const texts = new Set<string>()
  channel.on('new_msg', ({ body }: { body: string }) => void texts.add(body))
  await new Promise((resolve, reject) => channel.join().receive('ok', resolve).receive('error', reject))
  return { texts, say: (body) => channel.push('new_msg', { body }), close: () => socket.disconnect() }
}

async function graphql(url: string): Promise<Observer> {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    lazy: false,
    connectionParams: { key: SECRET },
  })
  const texts = new Set<string>()
  const query = 'subscription { messages(channel: "room") }'
  const sink = { error: () => {}, complete: () => {} }
  client.subscribe<{ messages: string }>(
    { query },
    { ...sink, next: ({ data }) => texts.add(data!.messages) },
  )
  const say = (text: string) =>
    client.subscribe(
      {
        query: 'mutation ($text: String!) { publish(channel: "room", text: $text) }',
        variables: { text },
      },
      { ...sink, next: () => {} },
    )
  return { texts, say, close: () => client.dispose() }
}

async function stomp(url: string): Promise<Observer> {
  const client = new Client({
    webSocketFactory: () => new WebSocket(url, ['v12.stomp']) as never,
    connectHeaders: { login: 'wsbench', passcode: SECRET, host: '/' },
  })
  const texts = new Set<string>()
  await new Promise((resolve) => {
    client.onConnect = resolve
    client.activate()
  })
  const destination = '/topic/room'
  client.subscribe(destination, ({ body }) => texts.add(body))
  return {
    texts,
    say: (body) => client.publish({ destination, body }),
    close: () => client.deactivate({ force: true }),
  }
}

interface Case {
  readonly serve: () => Promise<string>
  readonly observe: (url: string) => Promise<Observer>
  readonly protocol: string
}

/** A server of test/fixtures; its URL. */
function fixture(name: string, path: string, env: NodeJS.ProcessEnv = {}): () => Promise<string> {
  return async () => {
    const secrets = { TOKEN: SECRET, KEY: SECRET, PASSCODE: SECRET }
    const { port } = await servers.fixture(name, { ...secrets, ...env })
    return `ws://127.0.0.1:${port}${path}`
  }
}

const cases: Readonly<Record<string, Case>> = {
  'centrifugo, and the client centrifuge': {
    serve: fixture('centrifugo-server.mjs', '/connection/websocket'),
    observe: centrifuge,
    protocol: '{ kind: centrifugo, token: "{env:SECRET}" }',
  },
  'phoenix, and its client; pushes are replied to': {
    serve: fixture('phoenix-server.mjs', '/socket/websocket', { REPLY: '1' }),
    observe: phoenix,
    protocol: '{ kind: phoenix, join: { nick: "{client}" } }, query: { token: "{env:SECRET}" }',
  },
  'phoenix, and its client; pushes are only broadcast': {
    serve: fixture('phoenix-server.mjs', '/socket/websocket'),
    observe: phoenix,
    protocol: '{ kind: phoenix, join: { nick: "{client}" } }, query: { token: "{env:SECRET}" }',
  },
  'graphql-transport-ws, server and client graphql-ws': {
    serve: fixture('graphql-server.mjs', '/graphql'),
    observe: graphql,
    protocol: '{ kind: graphql-transport-ws, init: { key: "{env:SECRET}" } }',
  },
  'stomp, several frames to a message, and the client @stomp/stompjs': {
    serve: fixture('stomp-server.mjs', '/ws'),
    observe: stomp,
    protocol: '{ kind: stomp, login: wsbench, passcode: "{env:SECRET}" }',
  },
}

function run(url: string, protocol: string, more = '', secret = SECRET): Promise<Finished> {
  const scenario = servers.write(
    'other.yaml',
    `{ name: other, target: { url: '${url}', protocol: ${protocol} }, clients: { count: 10 },
       traffic: [{ channel: { name: room }, publishers: 2, rate: 10/s }],
       phases: { warmup: 500ms, measure: 2s, grace: 2s }, validity: ${patience} ${more} }`,
  )
  return wsbench(['run', scenario], { SECRET: secret })
}

function itServes({ serve, observe, protocol }: Case): void {
  it('every message gets to every member and to the official client, and is acked', async () => {
    const url = await serve()
    const observer = await observe(url)
    // Subscribed once it hears itself.
    const speaking = setInterval(() => observer.say('hello'), 50)
    await until(() => observer.texts.has('hello'), 'the official client to be served')
    clearInterval(speaking)
    const { result, stdout, stderr, code } = await run(url, protocol)
    // `hello`, the message before load, and those of the run.
    await until(
      () => observer.texts.size === 52,
      `52 messages at the official client, there are ${observer.texts.size}: ${stdout}${stderr}`,
      5_000,
    ).finally(() => observer.close())
    expect(code, `${stdout}${stderr}`).toBe(0)
    expect(result!.delivery).toMatchObject({ due: 500, delivered: 500, lost: 0, unexpected: 0 })
    expect(result!.delivery.published).toMatchObject({ sent: 50, acked: 50 })
    expect(JSON.stringify(result) + stdout + stderr).not.toContain(SECRET)
  })

  it('who is refused ends the run before any load: exit 3', async () => {
    const { code, stderr, result } = await run(await serve(), protocol, '', 'a-wrong-one')
    expect([code, result], stderr).toEqual([3, null])
    expect(stderr).not.toContain('a-wrong-one')
  })
}

describe.each(Object.entries(cases))('%s', (_title, given) => itServes(given))

describeReal('stomp, RabbitMQ and the client @stomp/stompjs', ['rabbitmq-server', 'epmd'], () => {
  let url: string
  const own = new Servers()
  beforeAll(async () => {
    url = await startRabbit(own, { user: 'wsbench', password: SECRET })
  })
  afterAll(() => own.stop())

  itServes({
    serve: () => Promise.resolve(url),
    observe: stomp,
    protocol: '{ kind: stomp, login: wsbench, passcode: "{env:SECRET}" }',
  })

  it('who was away missed what came meanwhile; all is explained', async () => {
    const churn = ', chaos: [{ at: 100ms, event: client-churn, every: 500ms, offline: 200ms, for: 2s }]'
    const protocol = '{ kind: stomp, login: wsbench, passcode: "{env:SECRET}" }'
    const { result, stdout, stderr } = await run(url, protocol, churn)
    expect(result, `${stdout}${stderr}`).not.toBeNull()
    const { delivery } = result!
    expect(delivery.lostWhileOffline).toBeGreaterThan(20)
    expect(delivery.lost).toBe(delivery.lostWhileOffline + delivery.lostOnDisconnect)
    // Not that none is replayed: what is sent just before a subscription stands may come by it.
    expect(delivery.unexpected).toBe(0)
  })
})

describe('centrifugo under client-churn', () => {
  it.each([true, false])('recover %s', async (recover) => {
    const url = await Object.values(cases)[0]!.serve()
    const protocol = `{ kind: centrifugo, token: "{env:SECRET}", recover: ${recover} }`
    const churn = ', chaos: [{ at: 100ms, event: client-churn, every: 500ms, offline: 200ms, for: 2s }]'
    const { result, stdout, stderr } = await run(url, protocol, churn)
    expect(result, `${stdout}${stderr}`).not.toBeNull()
    const { delivery } = result!
    expect([delivery.unexpected, delivery.falseRecovery]).toEqual([0, 0])
    if (recover) {
      expect(delivery.replayed).toBeGreaterThan(20)
      expect(delivery.delivered + delivery.replayed).toBe(delivery.due)
    } else expect(delivery.lostWhileOffline).toBeGreaterThan(20)
  })
})
