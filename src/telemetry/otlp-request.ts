import { packageVersion } from '../base/package-info.js'

/** A metric as a prom-client registry returns it. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: unknown
  readonly values: Values
}

type Values = readonly {
  readonly value: number
  readonly labels: Labels
  /** Of a histogram: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string
}[]

type Labels = Readonly<Partial<Record<string, string | number>>>

/** Which run the values are of, and of which time: Unix times, ms. */
export interface Origin {
  /** Tells this run's counters from those of other runs. */
  readonly instance: string
  readonly startedMs: number
  readonly nowMs: number
}

const CUMULATIVE = 2

/**
 * The body of an OTLP/HTTP export in JSON: an ExportMetricsServiceRequest, with 64-bit integers as strings and enums as
 * numbers (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"). Metrics keep their Prometheus names, which OTLP
 * backends do not change.
 */
export function otlpRequest(families: readonly Family[], origin: Origin): object {
  const service = {
    'service.name': 'wsbench',
    'service.version': packageVersion,
    'service.instance.id': origin.instance,
  }
  const scope = { name: 'wsbench', version: packageVersion }
  const metrics = families.map((family) => metricOf(family, origin))
  const resource = { attributes: attributesOf(service) }
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics }] }] }
}

function metricOf({ name, help, type, values }: Family, origin: Origin): object {
  const times = { startTimeUnixNano: nanos(origin.startedMs), timeUnixNano: nanos(origin.nowMs) }
  return {
    name,
    description: help,
    unit: unitOf(name),
    ...dataOf[type as keyof typeof dataOf](values, times),
  }
}

type Times = Readonly<Record<'startTimeUnixNano' | 'timeUnixNano', string>>

/** By the type's name in prom-client. */
const dataOf = {
  gauge: (values: Values, times: Times) => ({ gauge: { dataPoints: pointsOf(values, times) } }),
  counter: (values: Values, times: Times) => ({
    sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints: pointsOf(values, times) },
  }),
  histogram: (values: Values, times: Times) => ({
    histogram: {
      aggregationTemporality: CUMULATIVE,
      dataPoints: [{ attributes: [], ...times, ...bucketsOf(values) }],
    },
  }),
}

function pointsOf(values: Values, times: Times): object[] {
  return values.map(({ labels, value }) => ({ attributes: attributesOf(labels), ...times, asDouble: value }))
}

/** Prometheus counts everything up to a bound; OTLP what is between two bounds. */
function bucketsOf(values: Values): object {
  const named = (suffix: string) => values.filter(({ metricName }) => metricName?.endsWith(suffix))
  const buckets = named('_bucket')
  return {
    count: String(named('_count')[0]!.value),
    sum: named('_sum')[0]!.value,
    bucketCounts: buckets.map(({ value }, index) => String(value - (buckets[index - 1]?.value ?? 0))),
    explicitBounds: buckets.slice(0, -1).map(({ labels }) => labels.le),
  }
}

const units = { _seconds: 's', _bytes: 'By', _ratio: '1' } as const

/** In UCUM; none for counts. */
function unitOf(name: string): string {
  return Object.entries(units).find(([suffix]) => name.endsWith(suffix))?.[1] ?? ''
}

function attributesOf(labels: Labels): object[] {
  return Object.entries(labels).map(([key, value]) => ({ key, value: { stringValue: String(value) } }))
}

function nanos(milliseconds: number): string {
  return `${milliseconds}000000`
}
