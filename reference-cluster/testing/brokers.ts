import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { FANOUT_TOPIC } from '../../src/protocols/reference.js'
import { type RunningBroker, startBroker } from '../broker/broker.js'
import type { BrokerKind } from '../node/bridges/bridge.js'
import { findServer, freePort, ServerProcess } from './server-process.js'

/** A broker that a test can take away and bring back on the same address. Gone when the test ends. */
export interface TestBroker {
  readonly url: string
  /** What the broker sees of the nodes; each node has the same share in it. */
  presence(): Promise<number>
  kill(): Promise<void>
  start(): Promise<void>
}

/** A real one, which can also be frozen, and robbed of all it has stored. */
export interface RealBroker extends TestBroker {
  freeze(): Promise<void>
  thaw(): void
  /** Kills it and starts it anew, empty. */
  restartEmpty(): Promise<void>
}

/** How to start the real server of a kind; null, said aloud, where it is not installed. */
export function realBroker(kind: BrokerKind): (() => Promise<RealBroker>) | null {
  const binary = findServer(`${kind}-server`)
  if (!binary) return null
  return kind === 'redis' ? () => startRedis(binary) : () => startNats(binary)
}

export async function startEmbedded(): Promise<TestBroker> {
  let broker: RunningBroker = await startBroker({ host: '127.0.0.1', port: 0 })
  const { port } = broker
  const kill = () => broker.stop()
  onTestFinished(kill)
  return {
    url: `redis://127.0.0.1:${port}`,
    // It has no command that tells, but a PUBLISH tells how many it reached.
    presence: () => withRedis(port, (redis) => redis.publish(FANOUT_TOPIC, '')),
    kill,
    async start() {
      broker = await startBroker({ host: '127.0.0.1', port })
    },
  }
}

async function startRedis(binary: string): Promise<RealBroker> {
  const port = await freePort()
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const server = new ServerProcess({ binary, args, readyText: 'Ready to accept' })
  onTestFinished(() => server.kill())
  await server.start()
  return {
    ...controls(server),
    url: `redis://127.0.0.1:${port}`,
    presence: () =>
      withRedis(
        port,
        async (redis) =>
          String(await redis.client('LIST'))
            .trim()
            .split('\n').length - 1,
      ),
    async restartEmpty() {
      await server.kill()
      await server.start()
    },
  }
}

async function startNats(binary: string): Promise<RealBroker> {
  const [port, monitoring] = [await freePort(), await freePort()]
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-test-'))
  const [file, store] = [join(directory, 'nats.conf'), join(directory, 'jetstream')]
  const listen = `listen: "127.0.0.1:${port}"\nhttp: "127.0.0.1:${monitoring}"\n`
  writeFileSync(file, `${listen}max_payload: 2097152\njetstream: { store_dir: "${store}" }\n`)
  const server = new ServerProcess({ binary, args: ['--config', file], readyText: 'Server is ready' })
  onTestFinished(async () => {
    await server.kill()
    rmSync(directory, { recursive: true })
  })
  await server.start()
  return {
    ...controls(server),
    url: `nats://127.0.0.1:${port}`,
    async presence() {
      const answer = await fetch(`http://127.0.0.1:${monitoring}/connz`)
      return ((await answer.json()) as { num_connections: number }).num_connections
    },
    async restartEmpty() {
      await server.kill()
      rmSync(store, { recursive: true })
      await server.start()
    },
  }
}

function controls(server: ServerProcess): Pick<RealBroker, 'start' | 'kill' | 'freeze' | 'thaw'> {
  return {
    start: () => server.start(),
    kill: () => server.kill(),
    freeze: () => server.freeze(),
    thaw: () => server.thaw(),
  }
}

async function withRedis<Answer>(port: number, ask: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const redis = new Redis(port, '127.0.0.1', { protocol: 2, disableClientInfo: true })
  try {
    return await ask(redis)
  } finally {
    redis.disconnect()
  }
}
