import { once } from 'node:events'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { freePort, Servers } from './support/servers.js'
import { describeReal, type Finished, wsbench } from './support/wsbench.js'

const validity = '{ eventLoopLag: 5s, sendDelay: 5s, workerCpu: 100%, overruns: 100%, failedConnects: 100% }'

let servers: Servers
beforeEach(() => {
  servers = new Servers()
})
afterEach(() => servers.stop())

/** A plain client of one node that keeps the tags of what it gets, by nothing of wsbench's own. */
class Observer {
  readonly tags = new Set<string>()
  private constructor(readonly socket: Socket) {}

  static async join(port: number, room: string): Promise<Observer> {
    const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false })
    const observer = new Observer(socket)
    socket.on('new-message', ({ message }: { message: string }) => observer.tags.add(message))
    await once(socket as never, 'connect')
    socket.emit('join-room', room)
    return observer
  }
}

function nginxConfig(listen: number, ports: readonly number[]): string {
  return `
daemon off; pid nginx.pid; error_log stderr crit;
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

describeReal("the playbook's Socket.IO server, unchanged", ['nginx', 'redis-server'], () => {
  // Not reliable yet on a busy machine: failed in 1 of 2 runs.
  it.skip('two nodes behind nginx, one is killed: the counts are those of plain socket.io clients', async () => {
    const REDIS_URL = await servers.redis()
    const nodes = await Promise.all([1, 2].map(() => servers.fixture('article-server.mjs', { REDIS_URL })))
    const front = await freePort()
    const config = servers.write(
      'nginx.conf',
      nginxConfig(
        front,
        nodes.map(({ port }) => port),
      ),
    )
    await servers.start('nginx', ['-p', servers.directory, '-c', config, '-e', 'stderr'], front)
    const observers = await Promise.all(nodes.map(({ port }) => Observer.join(port, 'match')))
    const victim = `127.0.0.1:${nodes[0]!.port}`
    const scenario = servers.write(
      'article.yaml',
      `{ name: article,
         target: { url: 'ws://127.0.0.1:${front}/socket.io/', protocol: socket.io, node: { header: x-node } },
         clients: { count: 40, reconnect: { base: 300ms } },
         traffic: [{ channel: { name: match }, publishers: 2, rate: 10/s }],
         phases: { warmup: 500ms, measure: 5s, grace: 2s },
         chaos: [{ at: 2020ms, event: exec, run: [kill, '-9', '${nodes[0]!.child.pid}'], strikes: ['${victim}'] }],
         gates: ['delivery.lost{cause=unexplained} == 0'], validity: ${validity} }`,
    )
    const finished = await wsbench(['run', scenario])
    const { delivery, balance, affinity, events } = expectRun(finished)
    expect(finished.stderr).toMatch(/^hook at 2\.02s, exec#1: kill -9 \d+$/m)
    const [dead, alive] = observers.map(({ tags }) => tags.size) as [number, number]
    for (const { socket } of observers) socket.close()

    // The observer on the node that lives got all that was published; each client was owed that.
    expect(delivery.published.acked + delivery.published.proven).toBe(alive)
    expect(delivery.due).toBe(40 * alive)
    // Clients of the dead node got what the observer on it got; all others got everything.
    const onDead = balance.start!.perNode[victim]!
    expect(onDead).toBe(20)
    expect(delivery.byNode[victim]!.delivered).toBe(onDead * dead)
    expect(delivery.delivered + delivery.lost + delivery.boundaryMissing).toBe(delivery.due)
    for (const [node, { lost }] of Object.entries(delivery.byNode)) if (node !== victim) expect(lost).toBe(0)
    expect(delivery.lost).toBeGreaterThan(0)
    expect(delivery.byCause['exec#1']!.lost).toBe(delivery.lost)
    expect(affinity.reconnectedOtherNode).toBe(events[0]!.affectedClients)
    expect(events[0]).toMatchObject({ failure: null, affectedClients: onDead, targets: [victim] })
  })
})

describeReal('Socket.IO on the redis-streams adapter under client-churn', ['redis-server'], () => {
  it.each([
    ['with connection state recovery what was missed is replayed', { RECOVERY: '1' }],
    ['without it, missed offline', {}],
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
         chaos: [{ at: 500ms, event: client-churn, every: 2s, offline: 300ms, for: 4s }], validity: ${validity} }`,
    )
    const { delivery } = expectRun(await wsbench(['run', scenario]))
    expect(delivery.unexpected).toBe(0)
    if (env.RECOVERY) {
      expect(delivery.replayed).toBeGreaterThan(100)
      expect([delivery.missedOffline, delivery.falseRecovery]).toEqual([0, 0])
    } else {
      expect(delivery.missedOffline).toBeGreaterThan(100)
      // Sent while it was away, on its way still when it was back.
      expect(delivery.replayed).toBeLessThan(delivery.missedOffline / 10)
    }
  })
})
