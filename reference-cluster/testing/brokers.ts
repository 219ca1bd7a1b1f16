import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { FANOUT_TOPIC } from '../../src/protocols/reference.js'
import { type RunningBroker, startBroker } from '../broker/broker.js'
import type { BrokerKind } from '../node/bridges/bridge.js'
import { findServer, freePort, ServerProcess } from './server-process.js'

/** A broker that a test can stop and start again at the same address. It is stopped when the test ends. */
export interface TestBroker {
  readonly url: string
  /** Number of connections or subscriptions that the broker has of the nodes; the same number for each node. */
  presence(): Promise<number>
  kill(): Promise<void>
  start(): Promise<void>
}

/** A real server, which can also be frozen, and restarted without its data. */
export interface RealBroker extends TestBroker {
  freeze(): Promise<void>
  thaw(): void
  /** Kills it and starts it again, empty. */
  restartEmpty(): Promise<void>
}

/** A function that starts the real server; null, with a warning, if it is not installed. */
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
    // It has no command for this, but the reply to PUBLISH is the number of receivers.
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

async function withRedis<Answer>(port: number, use: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const redis = new Redis(port, '127.0.0.1', { protocol: 2, disableClientInfo: true })
  try {
    return await use(redis)
  } finally {
    redis.disconnect()
  }
}
