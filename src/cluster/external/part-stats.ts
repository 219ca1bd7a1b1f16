import { setupError } from '../../base/errors.js'
import type { Endpoint, PartSample } from '../cluster.js'
import { httpGet } from '../http-get.js'

/** As all of Prometheus's client libraries name them. */
const RSS = 'process_resident_memory_bytes'
const CPU = 'process_cpu_seconds_total'

/** What a part of a target tells of itself at a URL, as Prometheus metrics in text. */
export class PartStats {
  #cpuMicros = 0
  #toldMicros: number | null = null
  #isLooking = false

  constructor(
    readonly part: string,
    readonly endpoint: Endpoint,
  ) {}

  /** Throws a setupError where nothing answers, or not with what is needed. */
  async check(): Promise<void> {
    const { part, endpoint } = this
    const answer = await httpGet(endpoint, endpoint.path)
    const where = `target.stats: ${part}, at ${endpoint.host}:${endpoint.port}`
    if (answer?.status !== 200) {
      const how = answer === null ? 'no answer' : `HTTP ${answer.status}`
      throw setupError(`${where}: ${how}`, 'is this where its Prometheus metrics are?')
    }
    if (readStats(answer.body) === null)
      throw setupError(`${where}: it says nothing of ${RSS} and ${CPU}`, 'leave it out of target.stats')
  }

  /** Null where it does not answer, or has not answered the last look yet. CPU counts from the first look. */
  async look(): Promise<PartSample | null> {
    if (this.#isLooking) return null
    this.#isLooking = true
    const answer = await httpGet(this.endpoint, this.endpoint.path)
    this.#isLooking = false
    const stats = answer?.status === 200 ? readStats(answer.body) : null
    if (stats === null) return null
    const before = this.#toldMicros ?? stats.cpuMicros
    // A process that was started anew counts from 0 again.
    this.#cpuMicros += stats.cpuMicros >= before ? stats.cpuMicros - before : stats.cpuMicros
    this.#toldMicros = stats.cpuMicros
    return { part: this.part, rssBytes: stats.rssBytes, cpuMicros: this.#cpuMicros }
  }
}

/** Null unless both are told. Of a metric with several series (a process each), their sum. */
export function readStats(text: string): { readonly rssBytes: number; readonly cpuMicros: number } | null {
  const rssBytes = sumOf(RSS, text)
  const cpuSeconds = sumOf(CPU, text)
  return rssBytes === null || cpuSeconds === null
    ? null
    : { rssBytes: Math.round(rssBytes), cpuMicros: Math.round(cpuSeconds * 1e6) }
}

function sumOf(metric: string, text: string): number | null {
  const lines = text.split('\n').filter((line) => line.startsWith(metric))
  const values = lines.flatMap((line) => {
    const [, value] = /^\w+(?:\{.*\})?[ \t]+([^ \t\r]+)/.exec(line) ?? []
    return /^\w+/.exec(line)![0] === metric && value !== undefined ? [Number(value)] : []
  })
  const sum = values.reduce((all, value) => all + value, 0)
  return values.length > 0 && Number.isFinite(sum) && sum >= 0 ? sum : null
}
