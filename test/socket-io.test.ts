import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { patience } from './support/miniature.js'
import { freePort, Servers } from './support/servers.js'
import { describeReal, type Finished, until, wsbench } from './support/wsbench.js'

let servers: Servers
beforeEach(() => {
  servers = new Servers()
})
afterEach(() => servers.stop())

/** A plain client of one node that keeps what it gets, by nothing of wsbench's own. */
class Observer {
  readonly messages = new Set<string>()
  private constructor(
    readonly socket: Socket,
    readonly room: string,
  ) {}

  static async join(port: number, room: string): Promise<Observer> {
    const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false })
    const observer = new Observer(socket, room)
    socket.on('new-message', ({ message }: { message: string }) => observer.messages.add(message))
    await once(socket as never, 'connect')
    socket.emit('join-room', room)
    return observer
  }

  say(message: string): void {
    this.socket.emit('send-message', { roomId: this.room, message })
  }

  /** How many of wsbench's it got, without the one that is published before load. */
  get count(): number {
    return [...this.messages].filter((message) => message.startsWith('wsb1.')).length - 1
  }
}

/**
 * Kills a node at a moment when no message is half way: with the balancer frozen nothing new gets to the nodes, and once each
 * observer has had what each said, through Redis and in order, all that came before has been handed out.
 */
async function killBetweenMessages(
  victim: ChildProcess,
  { balancer, observers }: { readonly balancer: ChildProcess; readonly observers: readonly Observer[] },
): Promise<void> {
  balancer.kill('SIGSTOP')
  const last = observers.map((observer, index) => {
    observer.say(`last of ${index}`)
    return `last of ${index}`
  })
  await until(
    () => observers.every(({ messages }) => last.every((message) => messages.has(message))),
    'the observers to hear each other',
  )
  const gone = once(victim, 'exit')
  victim.kill('SIGKILL')
  await gone
  balancer.kill('SIGCONT')
}

/** A server that answers a call once `act` is done; its URL. */
async function onCall(act: () => Promise<void>): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((_request, response) => {
    void act().then(() => response.end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => server.close(),
  }
}

function nginxConfig(listen: number, ports: readonly number[]): string {
  return `
daemon off; master_process off; pid nginx.pid; error_log stderr crit;
events { worker_connections 1000; }
http {
  access_log off;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
  upstream nodes { ${ports.map((port) => `server 127.0.0.1:${port} max_fails=1 fail_timeout=60s;`).join(' ')} }
  server {
    listen 127.0.0.1:${listen};
    location / {
      proxy_pass http://nodes; proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"; proxy_set_header Host $host;
      add_header x-node $upstream_addr always;
    }
  }
}`
}

function expectRun({ result, stdout, stderr }: Finished) {
  expect(result, `${stdout}${stderr}`).not.toBeNull()
  expect(['pass', 'fail'], stdout).toContain(result!.verdict.outcome)
  return result!
}

describeReal("the article's Socket.IO server, unchanged", ['nginx', 'redis-server'], () => {
  it.each([
    ['and stay away', '24h'],
    ['and come back', '300ms'],
  ])(
    'two nodes behind nginx, one is killed, its clients go %s: the counts are those of plain socket.io clients',
    async (_title, base) => {
      const REDIS_URL = await servers.redis()
      const nodes = await Promise.all([1, 2].map(() => servers.fixture('article-server.mjs', { REDIS_URL })))
      const front = await freePort()
      const ports = nodes.map(({ port }) => port)
      const config = servers.write('nginx.conf', nginxConfig(front, ports))
      const balancer = await servers.start(
        'nginx',
        ['-p', servers.directory, '-c', config, '-e', 'stderr'],
        front,
      )
      const observers = await Promise.all(nodes.map(({ port }) => Observer.join(port, 'match')))
      const killer = await onCall(() => killBetweenMessages(nodes[0]!.child, { balancer, observers }))
      const victim = `127.0.0.1:${nodes[0]!.port}`
      const scenario = servers.write(
        'article.yaml',
        `{ name: article,
         target: { url: 'ws://127.0.0.1:${front}/socket.io/', protocol: socket.io, node: { header: x-node } },
         clients: { count: 40, reconnect: { base: ${base}, cap: 24h } },
         traffic: [{ channel: { name: match }, publishers: 2, rate: 10/s }],
         phases: { warmup: 500ms, measure: 5s, grace: 2s },
         chaos: [{ at: 2s, event: http, url: '${killer.url}', affects: ['${victim}'] }],
         gates: ['delivery.lost{cause=unexplained} == 0'], validity: ${patience} }`,
      )
      const finished = await wsbench(['run', scenario])
      killer.close()
      const [dead, alive] = observers.map(({ count }) => count) as [number, number]
      for (const { socket } of observers) socket.close()
      const { delivery, balance, affinity, events } = expectRun(finished)
      expect(finished.stderr).toContain(`hook at 2 s, http#1: POST ${killer.url}`)

      // Round-robin over 40 clients and 2 publishers.
      const onDead = balance.start!.perNode[victim]!
      expect(Math.abs(onDead - 20)).toBeLessThanOrEqual(1)
      expect(events[0]).toMatchObject({ failure: null, affectedClients: onDead, targets: [victim] })

      // The observer on the node that lives got all that was published; each client was owed that.
      expect(dead).toBeLessThan(alive)
      expect(delivery.published.acked + delivery.published.unackedDelivered).toBe(alive)
      expect(delivery.due).toBe(40 * alive)
      // Clients of the dead node got what the observer on it got; all others got everything.
      for (const [node, { lost }] of Object.entries(delivery.byNode))
        if (node !== victim) expect(lost).toBe(0)
      expect(delivery.byCause['http#1']!.lost).toBe(delivery.lost)
      const missed = onDead * (alive - dead)
      if (base === '24h') {
        expect(delivery.byNode[victim]!.delivered).toBe(onDead * dead)
        expect(delivery.lost + delivery.missingAtBoundary).toBe(missed)
      } else {
        // What was sent within 5 ms of a client's return counts for where it had been.
        expect(delivery.byNode[victim]!.delivered).toBeGreaterThanOrEqual(onDead * dead)
        expect(delivery.lost).toBeGreaterThan(0)
        expect(delivery.lost + delivery.missingAtBoundary).toBeLessThan(missed)
        expect(affinity.reconnectedOtherNode).toBe(onDead)
      }
    },
  )
})

describeReal('Socket.IO on the redis-streams adapter under client-churn', ['redis-server'], () => {
  it.each([
    ['with connection state recovery what was missed is replayed', { RECOVERY: '1' }],
    ['without it, lost while offline', {}],
  ])('%s', async (_title, env: Record<string, string>) => {
    const { port } = await servers.fixture('recovering-server.mjs', {
      ...env,
      REDIS_URL: await servers.redis(),
    })
    const scenario = servers.write(
      'churn.yaml',
      `{ name: churn, target: { url: 'ws://127.0.0.1:${port}/socket.io/', protocol: socket.io },
         clients: { count: 30 }, traffic: [{ channel: { name: room }, rate: 20/s }],
         phases: { warmup: 500ms, measure: 5s, grace: 2s },
         chaos: [{ at: 500ms, event: client-churn, every: 2s, offline: 1s, for: 4s }], validity: ${patience} }`,
    )
    const { delivery } = expectRun(await wsbench(['run', scenario]))
    expect(delivery.unexpected).toBe(0)
    if (env.RECOVERY) {
      expect(delivery.replayed).toBeGreaterThan(100)
      // 0 on an idle machine. On a busy one some was lost (357, 741), why is not known; without recovery nearly all is.
      expect(delivery.lostWhileOffline).toBeLessThan(delivery.replayed / 2)
      // The adapter (0.2.2, restoreSession) reads the stream first and joins the rooms afterwards: what it hears between
      // the two it gives to nobody, and on a busy machine some is.
      expect(delivery.falseRecovery).toBeLessThan(delivery.replayed / 20)
    } else {
      expect(delivery.lostWhileOffline).toBeGreaterThan(100)
      // Sent while it was away, on its way still when it was back.
      expect(delivery.replayed).toBeLessThan(delivery.lostWhileOffline / 10)
    }
  })
})

it('a callback is the answer to what echo traffic asks; a question without one is lost', async () => {
  const { port } = await servers.fixture('socket-io-server.mjs', { DEAF_TO: '5' })
  const scenario = servers.write(
    'ask.yaml',
    `{ name: ask,
       target: { url: 'ws://127.0.0.1:${port}/socket.io/',
         protocol: { kind: socket.io, publish: { event: ask, args: ['{payload}'], confirm: ack } } },
       clients: { count: 10 }, traffic: [{ channel: { name: ask }, via: echo, rate: 10/s }],
       phases: { warmup: 500ms, measure: 2s, grace: 2s }, validity: ${patience} }`,
  )
  const { delivery, latency } = expectRun(await wsbench(['run', scenario]))
  expect(delivery).toMatchObject({ due: 250, delivered: 200, lost: 50, duplicateInEpoch: 0, unexpected: 0 })
  expect(latency.service.count).toBe(10 * 20 - 10 * 4)
})

it('a frozen server is noticed by its pings, which stop: clients and publishers leave it', async () => {
  const { port, child } = await servers.fixture('socket-io-server.mjs', {
    PING_INTERVAL: '300',
    PING_TIMEOUT: '400',
  })
  const scenario = servers.write(
    'frozen.yaml',
    `{ name: frozen, target: { url: 'ws://127.0.0.1:${port}/socket.io/', protocol: socket.io },
       clients: { count: 10, connectTimeout: 500ms, reconnect: { base: 100ms } },
       traffic: [{ channel: { name: room }, rate: 20/s }], phases: { warmup: 500ms, measure: 5s, grace: 2s },
       chaos: [{ at: 500ms, event: exec, run: [kill, -STOP, '${child.pid}'], for: 2s, undo: [kill, -CONT, '${child.pid}'] }],
       gates: ['delivery.lost{cause=unexplained} == 0'], validity: ${patience} }`,
  )
  const { connections, delivery, events } = expectRun(await wsbench(['run', scenario]))
  expect(connections.closeCodes).toEqual({ 1006: 11 })
  expect(connections.reconnects).toBe(10)
  expect(events[0]).toMatchObject({ failure: null, affectedClients: 10 })
  // 0.7 s after the freeze the publisher had no connection either.
  expect(delivery.published.failed).toBeGreaterThan(15)
})
