import { UNEXPLAINED } from '../delivery/types.js'
import { figureOf } from '../latency/summary.js'
import type { LatencySummary, Measurement } from '../result.js'
import type { Unit } from '../units.js'
import { type GeneratorPart, type GeneratorShare, generatorShare } from './generator-share.js'
import type { SecondsSum } from './window-sum.js'

export type SelectorKey = 'phase' | 'event' | 'cause' | 'channel' | 'node' | 'at' | 'code' | 'kind'

/** Narrows a metric down: `{phase=steady}`. Null: the whole run. */
export type Selector = { readonly key: SelectorKey; readonly value: string } | null

/** A figure of a run that gates can judge. */
export interface Metric {
  readonly name: string
  /** One phrase, for docs/gates.md. */
  readonly summary: string
  readonly unit: Unit
  /** What it can be narrowed down by, one at a time. */
  readonly selectors: readonly SelectorKey[]
  readonly needsSelector: boolean
  /** A change in the other direction is a regression. */
  readonly better: 'lower' | 'higher'
  /** A count that is never too high: `ambiguous` deliveries could only add to it (docs/delivery.md). */
  readonly isLowerBound: boolean
  /** Why `read` may find nothing although what the selector names exists. */
  readonly nothing: string
  /** Null if there is nothing to judge: no samples, or no such event, phase, channel, … */
  read(result: Measurement, selector: Selector): number | null
  /** The same, of some seconds of the timeline; null if it is known for the whole run only. */
  readonly inSeconds: SecondsReading | null
  /** How much of its value the generator itself can have made; null: nothing, or the metric is about the generator. */
  generatorShare(result: Measurement): GeneratorShare | null
}

/** A metric of some seconds of the timeline. */
export interface SecondsReading {
  /** Those of the metric's selectors that work on seconds: `phase` or none. */
  readonly selectors: readonly SelectorKey[]
  /** Whether it is known during the run. */
  readonly isLive: boolean
  /** Null if there is nothing to judge. */
  read(seconds: SecondsSum): number | null
}

export type ReadMetric = Metric['read']

interface MetricOptions {
  readonly unit: Unit
  readonly selectors?: readonly SelectorKey[]
  readonly needsSelector?: boolean
  readonly better?: Metric['better']
  readonly isLowerBound?: boolean
  readonly nothing?: string
  readonly inSeconds?: SecondsReading | null
  readonly generatorShare?: Metric['generatorShare']
}

export function metric(name: string, summary: string, options: MetricOptions, read: ReadMetric): Metric {
  return {
    name,
    summary,
    selectors: [],
    needsSelector: false,
    better: 'lower',
    isLowerBound: false,
    nothing: 'no samples',
    inSeconds: null,
    generatorShare: () => null,
    ...options,
    read,
  }
}

/** The values that a selector can have in this run. */
export function selectable(result: Measurement, key: SelectorKey): readonly string[] {
  const names: Readonly<Record<SelectorKey, () => readonly string[]>> = {
    phase: () => result.scenario.plan.phases.spans.map(({ name }) => name),
    event: () => result.events.map(({ id }) => id),
    cause: () => [...result.events.map(({ id }) => id), UNEXPLAINED],
    channel: () => Object.keys(result.delivery.byChannel),
    node: () => result.cluster.nodes,
    at: () => Object.keys(result.balance),
    code: () => Object.keys(result.connections.closeCodes),
    kind: () => Object.keys(result.connections.failed),
  }
  return [...new Set(names[key]())]
}

export const figures = {
  min: 'minimum',
  mean: 'mean',
  p50: 'median',
  p90: '90th percentile',
  p95: '95th percentile',
  p99: '99th percentile',
  p999: '99.9th percentile',
  max: 'maximum',
} as const satisfies Partial<Record<keyof LatencySummary, string>>

type Figure = keyof typeof figures

export interface SummaryMetrics {
  readonly prefix: string
  readonly what: string
  readonly selectors?: readonly SelectorKey[]
  /** Whether the histograms of the timeline are of this latency. */
  readonly isOnTimeline?: boolean
  /** What the generator adds to it. */
  readonly added?: readonly GeneratorPart[]
  readonly summaryOf: (result: Measurement, selector: Selector) => LatencySummary | undefined
}

/** A metric for each figure of a latency summary. */
export function summaryMetrics(options: SummaryMetrics): Metric[] {
  const { prefix, what, selectors = [], isOnTimeline = false, added = [], summaryOf } = options
  const read =
    (figure: Figure): ReadMetric =>
    (result, selector) => {
      const summary = summaryOf(result, selector)
      return summary && summary.count > 0 ? summary[figure] : null
    }
  const inSeconds = (figure: Figure | 'count'): SecondsReading | null =>
    isOnTimeline ? { selectors: ['phase'], isLive: true, read: readLatency(figure) } : null
  const names = Object.keys(figures) as Figure[]
  return [
    ...names.map((name) =>
      metric(
        `${prefix}.${name}`,
        `${what}: ${figures[name]}`,
        {
          unit: 'micros',
          selectors,
          inSeconds: inSeconds(name),
          generatorShare: (result) => generatorShare(result, name, added),
        },
        read(name),
      ),
    ),
    metric(
      `${prefix}.count`,
      `${what}: samples`,
      { unit: 'count', selectors, better: 'higher', inSeconds: inSeconds('count') },
      (result, selector) => summaryOf(result, selector)?.count ?? null,
    ),
  ]
}

function readLatency(figure: Figure | 'count'): SecondsReading['read'] {
  const least = figure === 'count' ? 0 : 1
  return ({ latency }) => (latency.totalCount < least ? null : figureOf[figure](latency))
}
