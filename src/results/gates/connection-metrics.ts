import { entry, total } from '../../base/records.js'
import { decodeHistogram } from '../latency/histogram.js'
import { valueAtRank } from '../latency/summary.js'
import type { EventResult } from '../result.js'
import { type Metric, metric, type ReadMetric, summaryMetrics } from './metric.js'
import { secondsMetric } from './seconds-metric.js'

/** Metrics of connections over the whole run. */
export function connectionMetrics(): Metric[] {
  const count = { unit: 'count' } as const
  return [
    metric('connections.attempted', 'connection attempts', count, ({ connections }) => connections.attempted),
    metric(
      'connections.opened',
      'connections opened',
      { ...count, better: 'higher' },
      ({ connections }) => connections.opened,
    ),
    metric(
      'connections.failed',
      'attempts that failed, by why they did',
      { ...count, selectors: ['kind'] },
      ({ connections: { failed } }, selector) =>
        selector ? (entry(failed, selector.value) ?? 0) : total(failed),
    ),
    metric(
      'connections.peak',
      'most clients connected at once',
      { ...count, better: 'higher' },
      ({ connections }) => connections.peak,
    ),
    metric(
      'connections.reconnects',
      'clients that came back',
      // All have opened before the first second of the measure phase.
      { ...count, inSeconds: { selectors: [], isLive: true, read: ({ connects }) => connects } },
      ({ connections }) => connections.reconnects,
    ),
    metric(
      'connections.peakReconnects',
      'most clients that came back in one second of the measure phase',
      { unit: 'rate' },
      ({ timeline }) =>
        timeline.filter(({ tMs }) => tMs >= 0).reduce((peak, { connects }) => Math.max(peak, connects), 0),
    ),
    secondsMetric('disconnects', {
      name: 'connections.disconnects',
      summary: 'clients whose connection ended in the measure phase',
      better: 'lower',
    }),
    metric(
      'connections.closed',
      'connections that ended, by the close code clients saw',
      { unit: 'count', selectors: ['code'] },
      ({ connections: { closeCodes } }, selector) =>
        selector ? (entry(closeCodes, selector.value) ?? 0) : total(closeCodes),
    ),
    metric(
      'connections.heartbeatsMissed',
      'pings without an answer in time',
      count,
      ({ connections }) => connections.heartbeats.missed,
    ),
    metric('connections.rampUp', 'until all had opened once', { unit: 'micros' }, ({ connections }) => {
      return connections.rampUpMs * 1000
    }),
    ...summaryMetrics({
      prefix: 'connections.connect',
      what: 'connect and handshake',
      summaryOf: ({ connections }) => connections.connectMicros,
    }),
    ...summaryMetrics({
      prefix: 'connections.downtime',
      what: 'from a break to the next subscription',
      summaryOf: ({ connections }) => connections.downtimeMicros,
    }),
  ]
}

const percentiles = { p50: 0.5, p95: 0.95, p99: 0.99, max: 1 } as const

/** Metrics of how those came back that an event cut off. */
export function recoveryMetrics(): Metric[] {
  const options = {
    selectors: ['event'],
    needsSelector: true,
    nothing: 'too few of those it cut off came back, or it cut off nobody',
  } as const
  const time = (name: string, summary: string, micros: (event: EventResult) => number | null) =>
    metric(`recovery.${name}`, summary, { unit: 'micros', ...options }, readEvent(micros))
  return [
    ...Object.entries(percentiles).map(([name, share]) =>
      time(name, `downtime of those an event cut off: ${name}`, (event) => downtimeAt(event, share)),
    ),
    time('timeTo95', "from an event's start until 95 % of those it cut off were back", ({ recovery }) =>
      recovery.timeTo95Ms === null ? null : recovery.timeTo95Ms * 1000,
    ),
    time('timeTo99', "from an event's start until 99 % of those it cut off were back", ({ recovery }) =>
      recovery.timeTo99Ms === null ? null : recovery.timeTo99Ms * 1000,
    ),
    time('timeTo100', "from an event's start until all it cut off were back", ({ recovery }) =>
      recovery.timeTo100Ms === null ? null : recovery.timeTo100Ms * 1000,
    ),
    metric(
      'recovery.peakReconnects',
      'most clients that came back in one second of an event',
      { unit: 'rate', ...options },
      readEvent(({ peakReconnectsPerSecond }) => peakReconnectsPerSecond),
    ),
  ]
}

function readEvent(figure: (event: EventResult) => number | null): ReadMetric {
  return ({ events }, selector) => {
    const event = events.find(({ id }) => id === selector?.value)
    return event ? figure(event) : null
  }
}

/** Over all who were cut off: those who never came back count as the slowest, and have no figure. */
function downtimeAt({ affectedClients, recovery }: EventResult, share: number): number | null {
  const downtimes = decodeHistogram(recovery.downtimeMicros.histogram)
  return valueAtRank(downtimes, Math.ceil(share * affectedClients))
}
