import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

/** The fields of OTLP/HTTP in JSON that wsbench sends (opentelemetry/proto/metrics/v1/metrics.proto). */
const int64 = z.string().regex(/^\d+$/)
const attributes = z.array(
  z.strictObject({ key: z.string().min(1), value: z.strictObject({ stringValue: z.string() }) }),
)
const point = { attributes, startTimeUnixNano: int64.length(19), timeUnixNano: int64.length(19) }
const number = z.strictObject({ ...point, asDouble: z.number() })
const histogram = z
  .strictObject({
    ...point,
    count: int64,
    sum: z.number(),
    bucketCounts: z.array(int64),
    explicitBounds: z.array(z.number()),
  })
  .refine(({ bucketCounts, explicitBounds }) => bucketCounts.length === explicitBounds.length + 1)
  .refine(
    ({ bucketCounts, count }) => bucketCounts.reduce((sum, own) => sum + Number(own), 0) === Number(count),
  )
  .refine(({ explicitBounds }) =>
    explicitBounds.every((bound, at) => at === 0 || bound > explicitBounds[at - 1]!),
  )
const about = { name: z.string().regex(/^[a-zA-Z][\w./-]*$/), description: z.string(), unit: z.string() }
const isCumulative = { aggregationTemporality: z.literal(2) }
const metric = z.union([
  z.strictObject({ ...about, gauge: z.strictObject({ dataPoints: z.array(number) }) }),
  z.strictObject({
    ...about,
    sum: z.strictObject({ ...isCumulative, isMonotonic: z.literal(true), dataPoints: z.array(number) }),
  }),
  z.strictObject({
    ...about,
    histogram: z.strictObject({ ...isCumulative, dataPoints: z.array(histogram) }),
  }),
])
const request = z.strictObject({
  resourceMetrics: z.tuple([
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeMetrics: z.tuple([
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          metrics: z.array(metric),
        }),
      ]),
    }),
  ]),
})

export type Export = z.output<typeof request>

export interface Collector {
  readonly url: string
  /** All that it accepted, in order. */
  readonly exports: readonly Export[]
  close(): Promise<void>
}

/** Test support: an OTLP/HTTP collector that answers 400 to what the protocol does not allow. */
export async function startCollector(): Promise<Collector> {
  const exports: Export[] = []
  const server = await serve(async (incoming, response) => {
    const body = await text(incoming)
    if (incoming.method !== 'POST' || incoming.url !== '/v1/metrics') response.writeHead(404).end()
    else if (incoming.headers['content-type'] !== 'application/json') response.writeHead(415).end()
    else {
      const { data, error } = request.safeParse(JSON.parse(body))
      if (data) exports.push(data)
      response
        .writeHead(data ? 200 : 400, { 'content-type': 'application/json' })
        .end(data ? '{}' : JSON.stringify({ code: 3, message: error?.message }))
    }
  })
  return { ...server, exports }
}

/** A server on loopback. */
export async function serve(answer: RequestListener): Promise<Omit<Collector, 'exports'>> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The series of an export: `name{key=value}` → its value, of a histogram its count. */
export function seriesOf({ resourceMetrics: [{ scopeMetrics }] }: Export): Map<string, number> {
  const all = scopeMetrics[0].metrics.flatMap((family) => {
    const points = pointsOf(family)
    return points.map(({ attributes: own, ...rest }): [string, number] => {
      const labels = own.map(({ key, value }) => `${key}=${value.stringValue}`).join()
      return [`${family.name}{${labels}}`, 'count' in rest ? Number(rest.count) : rest.asDouble]
    })
  })
  const series = new Map(all)
  if (series.size < all.length) throw new Error('a series twice in an export')
  return series
}

function pointsOf(family: z.output<typeof metric>) {
  if ('gauge' in family) return family.gauge.dataPoints
  return 'sum' in family ? family.sum.dataPoints : family.histogram.dataPoints
}

/** Metrics that only grow: sums and histograms. */
export function growing({ resourceMetrics: [{ scopeMetrics }] }: Export): string[] {
  return scopeMetrics[0].metrics.filter((family) => !('gauge' in family)).map(({ name }) => name)
}

export function resourceOf({ resourceMetrics: [{ resource }] }: Export): Record<string, string> {
  return Object.fromEntries(resource.attributes.map(({ key, value }) => [key, value.stringValue]))
}
