import { entry, total } from '../../base/records.js'
import { decodeHistogram } from '../latency/histogram.js'
import { valueAtRank } from '../latency/summary.js'
import type { EventResult } from '../result.js'
import { type Metric, metric, type ReadMetric, summaryMetrics } from './metric.js'
import { secondsMetric } from './seconds-metric.js'

/** Metrics of connections. */
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
      'attempts that failed',
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
      'connections.neverSubscribed',
      'clients that were not subscribed once in the whole run',
      count,
      ({ connections }) => connections.neverSubscribed,
    ),
    metric(
      'connections.reconnects',
      'reconnects of clients',
      // All connects of the measure phase are reconnects: every client connects before it.
      { ...count, inSeconds: { selectors: [], isLive: true, read: ({ connects }) => connects } },
      ({ connections }) => connections.reconnects,
    ),
    metric(
      'connections.peakReconnects',
      'most reconnects in one second of the measure phase',
      { unit: 'rate' },
      ({ timeline }) =>
        timeline.filter(({ tMs }) => tMs >= 0).reduce((peak, { connects }) => Math.max(peak, connects), 0),
    ),
    secondsMetric('disconnects', {
      name: 'connections.disconnects',
      summary: 'disconnects of clients in the measure phase',
      better: 'lower',
    }),
    metric(
      'connections.closed',
      'connections that ended; the close code is the one that the client saw',
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
    metric(
      'connections.rampUp',
      'from the first attempt until every client had connected once',
      { unit: 'micros' },
      ({ connections }) => {
        return connections.rampUpMs * 1000
      },
    ),
    ...summaryMetrics({
      prefix: 'connections.connect',
      what: 'connect and handshake',
      summaryOf: ({ connections }) => connections.connectMicros,
    }),
    ...summaryMetrics({
      prefix: 'connections.downtime',
      what: 'from a disconnect to the next subscription',
      summaryOf: ({ connections }) => connections.downtimeMicros,
    }),
  ]
}

const percentiles = { p50: 0.5, p95: 0.95, p99: 0.99, max: 1 } as const

/** Metrics of the recovery of clients that an event affected. */
export function recoveryMetrics(): Metric[] {
  const options = {
    selectors: ['event'],
    needsSelector: true,
    nothing: 'too few of the affected clients reconnected, or none was affected',
  } as const
  const time = (name: string, summary: string, micros: (event: EventResult) => number | null) =>
    metric(`recovery.${name}`, summary, { unit: 'micros', ...options }, readEvent(micros))
  return [
    ...Object.entries(percentiles).map(([name, share]) =>
      time(name, `downtime of clients affected by an event: ${name}`, (event) => downtimeAt(event, share)),
    ),
    ...(['95', '99', '100'] as const).map((percent) =>
      time(
        `timeTo${percent}`,
        `from the start of an event until ${percent} % of the affected clients were back`,
        ({ recovery }) => {
          const ms = recovery[`timeTo${percent}Ms`]
          return ms === null ? null : ms * 1000
        },
      ),
    ),
    metric(
      'recovery.peakReconnects',
      'most reconnects in one second of an event',
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

/** Over all affected clients: those that never reconnected count as the slowest, and have no downtime. */
function downtimeAt({ affectedClients, recovery }: EventResult, share: number): number | null {
  const downtimes = decodeHistogram(recovery.downtimeMicros.histogram)
  return valueAtRank(downtimes, Math.ceil(share * affectedClients))
}
