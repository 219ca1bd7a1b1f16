import { readFileSync } from 'node:fs'
import { nowMicros } from '../base/clock.js'
import type { Cluster } from '../cluster/cluster.js'
import type { NodeLifetime, TimedSample } from '../results/run-record.js'

const PARTS_EVERY_MS = 1_000
const POOL_EVERY_MS = 50

/** Observes a cluster from outside: what its parts use, each second, and which nodes are in the pool. */
export class Sampler {
  readonly samples: TimedSample[] = []
  readonly #lifetimes: { id: string; joinedMicros: number; leftMicros: number | null }[] = []
  readonly #partsTimer: NodeJS.Timeout
  readonly #poolTimer: NodeJS.Timeout
  #inFlight: Promise<void> | null = null

  readonly #overflowsBefore = readListenOverflows()

  constructor(readonly cluster: Pick<Cluster, 'nodes' | 'sample'>) {
    this.#readPool()
    this.#poolTimer = setInterval(() => this.#readPool(), POOL_EVERY_MS)
    this.#partsTimer = setInterval(() => void this.#sampleParts(), PARTS_EVERY_MS)
  }

  get lifetimes(): readonly NodeLifetime[] {
    return this.#lifetimes
  }

  /** How many connections the kernel has refused for a full listen queue since the start; null where there is no /proc. */
  listenOverflows(): number | null {
    const overflows = readListenOverflows()
    return overflows === null || this.#overflowsBefore === null ? null : overflows - this.#overflowsBefore
  }

  /** Ends with a last sample. */
  async stop(): Promise<void> {
    clearInterval(this.#partsTimer)
    clearInterval(this.#poolTimer)
    await this.#inFlight
    await this.#sampleParts()
    this.#readPool()
  }

  /** One at a time: a second in which the one before is still under way has none. */
  #sampleParts(): Promise<void> {
    this.#inFlight ??= this.#sample().finally(() => {
      this.#inFlight = null
    })
    return this.#inFlight
  }

  async #sample(): Promise<void> {
    // Without a sample the costs of that second are unknown; the run itself is not affected.
    const samples = await this.cluster.sample().catch(() => [])
    const atMicros = nowMicros()
    this.samples.push(...samples.map((sample) => ({ ...sample, atMicros })))
  }

  #readPool(): void {
    const up = new Set(this.cluster.nodes.filter(({ state }) => state === 'up').map(({ id }) => id))
    const present = this.#lifetimes.filter(({ leftMicros }) => leftMicros === null)
    for (const lifetime of present) if (!up.has(lifetime.id)) lifetime.leftMicros = nowMicros()
    for (const id of up) {
      if (!present.some((lifetime) => lifetime.id === id))
        this.#lifetimes.push({ id, joinedMicros: nowMicros(), leftMicros: null })
    }
  }
}

/** Since boot. */
function readListenOverflows(): number | null {
  try {
    const lines = readFileSync('/proc/net/netstat', 'utf8').split('\n')
    const [names = '', values = ''] = lines.filter((line) => line.startsWith('TcpExt:'))
    const value = Number(values.split(' ')[names.split(' ').indexOf('ListenOverflows')])
    return Number.isFinite(value) ? value : null
  } catch {
    return null
  }
}
