import { type RunningBroker, startBroker } from '../broker/broker.js'
import { findRedisServer, RedisServer } from './redis-server.js'

/** A broker that a test can take away and bring back on the same address. */
export interface TestBroker {
  readonly url: string
  kill(): Promise<void>
  start(): Promise<void>
}

/** Name → how to start one: the embedded broker, and a real Redis where there is one. */
export function testBrokers(): [name: string, start: () => Promise<TestBroker>][] {
  const redis = findRedisServer()
  return [
    ['the embedded broker', () => EmbeddedTestBroker.start()],
    ...(redis
      ? [['redis-server', () => RedisServer.start(redis)] as [string, () => Promise<TestBroker>]]
      : []),
  ]
}

class EmbeddedTestBroker implements TestBroker {
  #broker: RunningBroker
  readonly #port: number

  private constructor(broker: RunningBroker) {
    this.#broker = broker
    this.#port = broker.port
  }

  static async start(): Promise<TestBroker> {
    return new EmbeddedTestBroker(await startBroker({ host: '127.0.0.1', port: 0 }))
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`
  }

  async start(): Promise<void> {
    this.#broker = await startBroker({ host: '127.0.0.1', port: this.#port })
  }

  async kill(): Promise<void> {
    await this.#broker.stop()
  }
}
