import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { patience } from './support/miniature.js'
import { startRabbit } from './support/rabbit.js'
import { freePort, Servers } from './support/servers.js'
import { describeReal, type Finished, wsbench } from './support/wsbench.js'

const SECRET = 'kept-to-itself'
const phases = '{ warmup: 0s, measure: 2s, grace: 500ms }'

let servers: Servers
beforeEach(() => {
  servers = new Servers()
})
afterEach(() => servers.stop())

async function refusing(): Promise<string> {
  const { port } = await servers.fixture('refusing-server.mjs')
  return `127.0.0.1:${port}`
}

interface Load {
  readonly clients?: number
  readonly traffic?: string
  readonly more?: string
}

function run(target: string, { clients = 4, traffic = '', more = '' }: Load = {}): Promise<Finished> {
  const scenario = servers.write(
    'refused.yaml',
    `{ name: refused, target: ${target}, clients: { count: ${clients}, connectRate: 100/s, connectTimeout: 2s,
         reconnect: { base: 100ms, cap: 500ms } },
       traffic: [${traffic || '{ channel: { name: room }, rate: 5/s }'}], phases: ${phases}, validity: ${patience} ${more} }`,
  )
  return wsbench(['run', scenario, '--full'], { SECRET })
}

const joining =
  `{ kind: json, subscribe: { op: join, room: "{channel}" }, subscribed: '"joined":"{channel}"', ` +
  `publish: { op: say, text: "{payload}" } }`

const cable = `export default () => ({ start: (peer) => ({
  open() {},
  text(line) {
    const { type } = JSON.parse(line)
    if (type === 'welcome') {
      for (const room of peer.channels) peer.send(JSON.stringify({ command: 'subscribe', identifier: room }))
      if (peer.channels.length === 0) peer.ready()
    } else if (type === 'reject_subscription') peer.fail()
  },
  publish: ({ payload }) => peer.send(payload),
}) })`

const nats = `export default () => ({ start: (peer) => ({
  binary(bytes) {
    if (bytes.toString().startsWith('INFO')) peer.send(Buffer.from('CONNECT {}'))
    else peer.fail()
  },
  publish: () => false,
}) })`

/** Each with what stands in the message, the setting to look at included. */
const refusedBeforeLoad: Readonly<Record<string, { target: (host: string) => string; said: string[] }>> = {
  'a close code with a reason, its secret masked': {
    target: (host) =>
      `{ url: "ws://${host}/close4401", query: { token: "{env:SECRET}" }, protocol: ${joining} }`,
    said: ['closed with 4401 token expired …', 'target.query'],
  },
  'a redirect': {
    target: (host) => `{ url: "ws://${host}/moved", protocol: ${joining} }`,
    said: ['http-301 Moved Permanently; Location: http://127.0.0.1:9/ws/', 'target.url'],
  },
  'a status with a body': {
    target: (host) => `{ url: "ws://${host}/denied", protocol: ${joining} }`,
    said: ['http-403 Forbidden; {"error":"plan expired"}', 'target.headers'],
  },
  'a wrong answer to the key': {
    target: (host) => `{ url: "ws://${host}/badaccept", protocol: ${joining} }`,
    said: ['bad-handshake: Sec-WebSocket-Accept: x, expected the answer to this Sec-WebSocket-Key'],
  },
  'a subprotocol that is not chosen': {
    target: (host) => `{ url: "ws://${host}/hub", subprotocols: [chat.v1], protocol: ${joining} }`,
    said: [
      'bad-subprotocol: the server chose none of the subprotocols offered: chat.v1',
      'target.subprotocols',
    ],
  },
  'a publish that the server can not read': {
    target: (host) =>
      `{ url: "ws://${host}/consumer", protocol: { kind: json, publish: { msg: "{payload}" } } }`,
    said: [
      "a message was published, and then: closed with 1011 KeyError: 'message'",
      'target.protocol.publish',
    ],
  },
  'an error in a frame, and no confirmation': {
    target: (host) => `{ url: "ws://${host}/hub", protocol: ${joining} }`,
    said: ['not-ready: {"error":"unknown type jion"}', 'target.protocol.subscribed'],
  },
  'a join of a Phoenix channel': {
    target: (host) => `{ url: "ws://${host}/phoenix/websocket", protocol: phoenix }`,
    said: ['rejected: join refused: unauthorized', 'target.protocol.topic'],
  },
  'reject_subscription, told by a module without words of its own': {
    target: (host) => `{ url: "ws://${host}/cable", protocol: ./cable.mjs }`,
    said: ['rejected: {"identifier":"room","type":"reject_subscription"}'],
  },
  'a line in a binary frame': {
    target: (host) => `{ url: "ws://${host}/nats", protocol: ./nats.mjs }`,
    said: ["and then: rejected: -ERR 'Authorization Violation'"],
  },
}

describe('before load: exit 3, in the words of the server', () => {
  it.each(Object.entries(refusedBeforeLoad))('%s', async (_title, { target, said }) => {
    servers.write('cable.mjs', cable)
    servers.write('nats.mjs', nats)
    const { code, stderr, result } = await run(target(await refusing()))
    expect([code, result], stderr).toEqual([3, null])
    const text = stderr.replace(/\s+/g, ' ')
    for (const words of said) expect(text).toContain(words)
    expect(stderr).not.toContain(SECRET)
  })
})

describe('half of the users are refused', () => {
  /** The first row is that of the client which is tried before load. */
  const feed = (rows: readonly string[]) => servers.write('half.csv', `${['user', ...rows].join('\n')}\n`)

  const user = 'feed: half.csv, query: { user: "{feed:user}" }'
  /** By how they are refused: the target, what the feed has for them, and what is told. */
  const cases: Readonly<
    Record<string, { target: (host: string) => string; bad: string; words: string; kind: string }>
  > = {
    'with a close code': {
      target: (host) => `{ url: "ws://${host}/close4401", ${user}, protocol: ${joining} }`,
      bad: 'bad',
      words: 'closed with 4401 token expired',
      kind: 'close-4401',
    },
    'by a Phoenix channel': {
      target: (host) => `{ url: "ws://${host}/phoenix/websocket", ${user}, protocol: phoenix }`,
      bad: 'bad',
      words: 'rejected: join refused: unauthorized',
      kind: 'rejected',
    },
    'by Socket.IO': {
      target: (host) =>
        `{ url: "ws://${host}/socket.io/", feed: half.csv, protocol: { kind: socket.io, auth: { token: "{feed:user}" } } }`,
      bad: 'bad',
      words: 'rejected: CONNECT_ERROR: token expired',
      kind: 'rejected',
    },
    'for the type of a field': {
      target: (host) =>
        `{ url: "ws://${host}/strict", feed: half.csv, protocol: { kind: json, subscribe: '{"op":"join","uid":{feed:user}}',
           subscribed: '"joined":"room"', publish: { op: say, text: "{payload}" } } }`,
      bad: 'null',
      words: 'closed with 1008 uid must be a number',
      kind: 'close-1008',
    },
  }

  it.each(Object.entries(cases))(
    '%s: they are failed connects, and the run fails by what failed',
    async (how, { target, bad, words, kind }) => {
      feed([bad === 'null' ? '7' : 'good', bad])
      const { port } = await servers.fixture('socket-io-server.mjs', { TOKEN: 'good' })
      const host = how === 'by Socket.IO' ? `127.0.0.1:${port}` : await refusing()
      const { result, stdout, stderr, code } = await run(target(host), {
        clients: 8,
        more: ', gates: ["delivery.lost == 0"]',
      })
      expect(code, `${stdout}${stderr}`).toBe(99)
      expect(result!.verdict).toMatchObject({
        outcome: 'fail',
        reasons: [`4 of 8 clients never subscribed: ${words}`],
      })
      const { failed, refusals, neverSubscribed } = result!.connections
      const [refusal] = refusals
      expect(neverSubscribed).toBe(4)
      expect(refusal).toMatchObject({ stage: 'subscribe', kind, neverSubscribed: 4, neverConnected: 0 })
      expect(refusal!.example).toMatch(/^c[1357]$/)
      expect(failed).toEqual({ [kind]: refusal!.count })
      expect(refusal!.count).toBeGreaterThan(4)
      expect(stdout.replace(/\s+/g, ' ')).toContain(`${words} · ${refusal!.count} times`)
    },
  )

  it('a publisher that is refused fails the run as well', async () => {
    // Rows 1 to 4 are the clients', 5 and 6 the publishers'; the one that publishes before load is the first.
    feed(['good', 'good', 'good', 'good', 'good', 'bad'])
    const { result, stdout } = await run(
      `{ url: "ws://${await refusing()}/close4401", feed: half.csv, query: { user: "{feed:user}" }, protocol: ${joining} }`,
      { traffic: '{ channel: { name: room }, publishers: 2, rate: 5/s }' },
    )
    expect(result?.verdict.reasons, stdout).toEqual([
      '1 of 2 publishers never connected: closed with 4401 token expired',
    ])
  })
})

it('requests that the server refuses are refused, and not lost', async () => {
  servers.write(
    'rpc.mjs',
    `export default () => ({ answersByAck: true, start: (peer) => ({
       text(line) {
         const { id, result, error } = JSON.parse(line)
         if (result) peer.acked(id)
         else peer.refused(id, error.message)
       },
       publish: ({ payload, sequence }) =>
         peer.send(JSON.stringify({ id: sequence, method: sequence % 5 ? 'sum' : 'fail', params: { payload } })),
     }) })`,
  )
  const { result, stdout } = await run(`{ url: "ws://${await refusing()}/rpc", protocol: ./rpc.mjs }`, {
    clients: 20,
    traffic: '{ channel: { name: e }, via: echo, rate: 10/s }',
  })
  const { delivery, connections } = result!
  expect(delivery.published, stdout).toMatchObject({ sent: 400, refused: 80 })
  expect(delivery).toMatchObject({ planned: 400, delivered: 320, unpublished: 80, lost: 0 })
  expect(connections.refusals).toMatchObject([
    { stage: 'publish', kind: 'rejected', words: 'no such method', count: 80 },
  ])
})

describe('real servers that refuse a token', () => {
  it('Socket.IO: CONNECT_ERROR', async () => {
    const { port } = await servers.fixture('socket-io-server.mjs', { TOKEN: 'another' })
    const { code, stderr } = await run(
      `{ url: "ws://127.0.0.1:${port}/socket.io/", protocol: { kind: socket.io, auth: { token: "{env:SECRET}" } } }`,
    )
    expect(code, stderr).toBe(3)
    expect(stderr).toContain('rejected: CONNECT_ERROR: token expired')
    expect(stderr).toContain('target.protocol.auth')
  })

  it('graphql-ws: a refused connection_init, and an unknown field', async () => {
    const { port } = await servers.fixture('graphql-server.mjs', { KEY: 'another' })
    const refused = await run(
      `{ url: "ws://127.0.0.1:${port}/graphql", protocol: { kind: graphql-transport-ws, init: { key: "{env:SECRET}" } } }`,
    )
    expect(refused.code, refused.stderr).toBe(3)
    expect(refused.stderr).toContain('closed with 4403 Forbidden')
    expect(refused.stderr).toContain('target.protocol.init')
    const welcoming = await servers.fixture('graphql-server.mjs', { KEY: SECRET })
    const unknown = await run(
      `{ url: "ws://127.0.0.1:${welcoming.port}/graphql", protocol: { kind: graphql-transport-ws, init: { key: "{env:SECRET}" },
         subscribe: { query: "subscription { messagez }" } } }`,
    )
    expect(unknown.code, unknown.stderr).toBe(3)
    expect(unknown.stderr).toContain('Cannot query field "messagez" on type "Subscription"')
  })
})

describeReal('Mosquitto that refuses a password', ['mosquitto'], () => {
  it('CONNACK, with the name of its code', async () => {
    const port = await freePort()
    const config = servers.write(
      'mosquitto.conf',
      `listener ${await freePort()} 127.0.0.1\nlistener ${port} 127.0.0.1\nprotocol websockets\n` +
        `allow_anonymous false\nuser root\nlog_type none\n`,
    )
    await servers.start('mosquitto', ['-c', config], port)
    const { code, stderr } = await run(
      `{ url: "ws://127.0.0.1:${port}/mqtt", protocol: { kind: mqtt, username: ann, password: "{env:SECRET}" } }`,
    )
    expect(code, stderr).toBe(3)
    expect(stderr).toContain('CONNACK 5: not authorized')
    expect(stderr).toContain('target.protocol.password')
  })
})

describeReal('RabbitMQ that refuses a password', ['rabbitmq-server', 'epmd'], () => {
  const own = new Servers()
  let url: string
  beforeAll(async () => {
    url = await startRabbit(own, { user: 'wsbench', password: 'another' })
  })
  afterAll(() => own.stop())

  it('STOMP’s ERROR', async () => {
    const { code, stderr } = await run(
      `{ url: "${url}", protocol: { kind: stomp, login: wsbench, passcode: "{env:SECRET}" } }`,
    )
    expect(code, stderr).toBe(3)
    expect(stderr).toContain('rejected: ERROR: Bad CONNECT')
    expect(stderr).toContain('target.protocol.passcode')
    expect(stderr).not.toContain(SECRET)
  })
})
