import { setupError } from '../../base/errors.js'
import { sumOf } from '../../base/sum.js'
import type { Endpoint, PartSample } from '../cluster.js'
import { httpGet } from '../http-get.js'

/** The names that all Prometheus client libraries use. */
const RSS = 'process_resident_memory_bytes'
const CPU = 'process_cpu_seconds_total'

/** Memory and CPU of one part of a target, read from its Prometheus metrics (text format) at a URL. */
export class PartStats {
  #cpuMicros = 0
  #lastMicros: number | null = null
  #isReading = false

  constructor(
    readonly part: string,
    readonly endpoint: Endpoint,
  ) {}

  /** Throws a setupError when there is no answer, or the metrics are missing in it. */
  async check(): Promise<void> {
    const { part, endpoint } = this
    const answer = await httpGet(endpoint, endpoint.path)
    const where = `target.stats: ${part}, at ${endpoint.host}:${endpoint.port}`
    if (answer?.status !== 200) {
      const how = answer === null ? 'no answer' : `HTTP ${answer.status}`
      throw setupError(`${where}: ${how}`, 'is this the URL of its Prometheus metrics?')
    }
    if (readStats(answer.body) === null)
      throw setupError(`${where}: no metrics ${RSS} and ${CPU}`, 'remove it from target.stats')
  }

  /** null when it does not answer, or the previous call is still in progress. CPU time counts from the first call. */
  async sample(): Promise<PartSample | null> {
    if (this.#isReading) return null
    this.#isReading = true
    const answer = await httpGet(this.endpoint, this.endpoint.path)
    this.#isReading = false
    const stats = answer?.status === 200 ? readStats(answer.body) : null
    if (stats === null) return null
    const before = this.#lastMicros ?? stats.cpuMicros
    // A restarted process counts from 0 again.
    this.#cpuMicros += stats.cpuMicros >= before ? stats.cpuMicros - before : stats.cpuMicros
    this.#lastMicros = stats.cpuMicros
    return { part: this.part, rssBytes: stats.rssBytes, cpuMicros: this.#cpuMicros }
  }
}

/** null unless both metrics are present. Several series of one metric (one per process) are summed. */
export function readStats(text: string): { readonly rssBytes: number; readonly cpuMicros: number } | null {
  const rssBytes = totalOf(RSS, text)
  const cpuSeconds = totalOf(CPU, text)
  return rssBytes === null || cpuSeconds === null
    ? null
    : { rssBytes: Math.round(rssBytes), cpuMicros: Math.round(cpuSeconds * 1e6) }
}

function totalOf(metric: string, text: string): number | null {
  const lines = text.split('\n').filter((line) => line.startsWith(metric))
  const values = lines.flatMap((line) => {
    const [, value] = /^\w+(?:\{.*\})?[ \t]+([^ \t\r]+)/.exec(line) ?? []
    return /^\w+/.exec(line)![0] === metric && value !== undefined ? [Number(value)] : []
  })
  const total = sumOf(values, (value) => value)
  return values.length > 0 && Number.isFinite(total) && total >= 0 ? total : null
}
