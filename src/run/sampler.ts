import { readFile } from 'node:fs/promises'
import { nowMicros } from '../base/clock.js'
import type { Cluster } from '../cluster/cluster.js'
import type { NodeLifetime, TimedSample } from '../results/run-record.js'

const PARTS_EVERY_MS = 1_000
const POOL_EVERY_MS = 50

/** Watches a cluster from outside: what its parts take each second, and which nodes are in the pool. */
export class Sampler {
  readonly samples: TimedSample[] = []
  readonly #lives: { id: string; joinedMicros: number; leftMicros: number | null }[] = []
  readonly #partsTimer: NodeJS.Timeout
  readonly #poolTimer: NodeJS.Timeout
  #inFlight: Promise<void> = Promise.resolve()

  constructor(readonly cluster: Cluster) {
    this.#lookAtPool()
    this.#poolTimer = setInterval(() => this.#lookAtPool(), POOL_EVERY_MS)
    this.#partsTimer = setInterval(() => {
      this.#inFlight = this.#lookAtParts()
    }, PARTS_EVERY_MS)
  }

  get lives(): readonly NodeLifetime[] {
    return this.#lives
  }

  /** Looks a last time. */
  async stop(): Promise<void> {
    clearInterval(this.#partsTimer)
    clearInterval(this.#poolTimer)
    await this.#inFlight
    await this.#lookAtParts()
    this.#lookAtPool()
  }

  async #lookAtParts(): Promise<void> {
    const samples = await this.cluster.sample()
    const atMicros = nowMicros()
    this.samples.push(...samples.map((sample) => ({ ...sample, atMicros })))
  }

  #lookAtPool(): void {
    const up = new Set(this.cluster.nodes.filter(({ state }) => state === 'up').map(({ id }) => id))
    const living = this.#lives.filter(({ leftMicros }) => leftMicros === null)
    for (const life of living) if (!up.has(life.id)) life.leftMicros = nowMicros()
    for (const id of up) {
      if (!living.some((life) => life.id === id))
        this.#lives.push({ id, joinedMicros: nowMicros(), leftMicros: null })
    }
  }
}

/** The kernel's count of connections refused for a full listen queue since boot; null where it isn't told (no /proc). */
export async function listenOverflows(): Promise<number | null> {
  try {
    const lines = (await readFile('/proc/net/netstat', 'utf8')).split('\n')
    const names = lines.find((line) => line.startsWith('TcpExt:'))?.split(' ') ?? []
    const values = lines.filter((line) => line.startsWith('TcpExt:'))[1]?.split(' ') ?? []
    const value = Number(values[names.indexOf('ListenOverflows')])
    return Number.isFinite(value) ? value : null
  } catch {
    return null
  }
}
