import { formatCount, formatMicros, formatShare } from '../../base/format.js'
import type { ValidityBounds } from '../../plan/plan.js'
import { isServersOwn, refusalWords } from '../refusals.js'
import type { Component, Measurement } from '../result.js'

/** A figure of the generator, the machine or the set-up, with its bound (`plan.validity`). */
export interface Reading {
  readonly label: string
  readonly value: string
  readonly bound: string
  /** The value of each worker; empty if it is not measured by worker. */
  readonly byWorker: readonly string[]
  /** `event-loop lag p99 74.0 ms in worker 1, bound 50.0 ms` */
  readonly words: string
  /** What to change if it is too high. */
  readonly advice: string
  /** What makes it too high. */
  readonly attributedTo: Component
  /** Above its bound: the run is invalid. At the bound it is not. */
  readonly isExceeded: boolean
  /** At least 80 % of its bound. */
  readonly isNear: boolean
  readonly isZero: boolean
}

const NEAR_SHARE = 0.8

/** Every bounded figure of a run, causes before what may follow from them. */
export function readingsOf(run: Measurement): Reading[] {
  return figures.map((figure) => {
    const { value, where = '', byWorker = [] } = figure.read(run)
    const bound = figure.bound(run.scenario.plan.validity)
    return {
      label: figure.what.replace(/:$/, ''),
      value: figure.format(value),
      bound: figure.format(bound),
      byWorker: byWorker.map((own) => figure.format(own)),
      words: `${figure.what} ${figure.format(value)}${where}, bound ${figure.format(bound)}`,
      advice: figure.advice(run),
      attributedTo: figure.attributedTo,
      isExceeded: value > bound,
      isNear: value > 0 && value >= NEAR_SHARE * bound,
      isZero: value === 0,
    }
  })
}

interface Figure {
  readonly what: string
  readonly attributedTo: Component
  readonly format: (value: number) => string
  /** In the unit of `read`. */
  readonly bound: (validity: ValidityBounds) => number
  readonly read: (run: Measurement) => Seen
  readonly advice: (run: Measurement) => string
}

interface Seen {
  readonly value: number
  readonly where?: string
  readonly byWorker?: readonly number[]
}

type Worker = Measurement['generator']['workers'][number]

/** What to change if the generator was overloaded. */
export const relief = 'use fewer clients, a lower rate, or a machine with more cores to itself'

const figures: readonly Figure[] = [
  {
    what: 'event-loop lag p99',
    attributedTo: 'generator',
    format: formatMicros,
    bound: ({ eventLoopLagP99Ms }) => eventLoopLagP99Ms * 1000,
    read: worst((worker) => worker.eventLoopLagP99Micros),
    advice: () => relief,
  },
  {
    what: 'generator delay p99',
    attributedTo: 'generator',
    format: formatMicros,
    bound: ({ sendDelayP99Ms }) => sendDelayP99Ms * 1000,
    // The highest p99 of a worker is never below that of all workers together.
    read: worst((worker) => worker.sendDelayP99Micros),
    advice: () => relief,
  },
  {
    what: 'sends late by more than an interval:',
    attributedTo: 'generator',
    format: formatShare,
    bound: ({ overrunShare }) => overrunShare,
    read: ({ generator, latency }) => ({ value: generator.overruns / Math.max(1, latency.sendDelay.count) }),
    advice: () => relief,
  },
  {
    what: 'CPU of a core',
    attributedTo: 'generator',
    format: formatShare,
    bound: ({ workerCpuShare }) => workerCpuShare,
    read: worst((worker) => worker.cpuShareMax),
    advice: () => relief,
  },
  {
    what: 'longest event-loop stall',
    attributedTo: 'generator',
    format: formatMicros,
    bound: ({ pauseMs }) => pauseMs * 1000,
    read: worst((worker) => worker.longestPauseMicros),
    advice: () =>
      'the worker or its machine was paused (a migrated VM), or one burst of work took that long: run again, or spread the load',
  },
  {
    what: 'connects without a free descriptor:',
    attributedTo: 'machine',
    format: formatCount,
    bound: ({ exhaustedConnects }) => exhaustedConnects,
    read: ({ connections }) => ({ value: connections.failed['no-descriptors'] ?? 0 }),
    advice: ({ environment }) =>
      `raise the limit of open files (ulimit -n, hard limit ${formatCount(environment.descriptors)} here), or use fewer clients`,
  },
  {
    what: 'connects without a free local port:',
    attributedTo: 'machine',
    format: formatCount,
    bound: ({ exhaustedConnects }) => exhaustedConnects,
    read: ({ connections }) => ({ value: connections.failed['no-ports'] ?? 0 }),
    advice: () =>
      'widen net.ipv4.ip_local_port_range, or give clients more source addresses (clients.addresses)',
  },
  {
    what: 'listen-queue overflows on this host:',
    attributedTo: 'machine',
    format: formatCount,
    bound: ({ listenOverflows }) => listenOverflows,
    read: ({ generator }) => ({ value: generator.listenOverflows ?? 0 }),
    advice: () =>
      "lower clients.connectRate, or raise net.core.somaxconn and the listener's backlog; " +
      'the kernel counts host-wide, so another program may be the cause',
  },
  {
    what: 'connects that failed before any event:',
    attributedTo: 'cluster',
    format: formatShare,
    bound: ({ failedConnectsShare }) => failedConnectsShare,
    read: ({ connections }) => ({ value: connections.failedBeforeEventsShare }),
    advice: failedConnectsAdvice,
  },
]

/** What the server itself refused, a lower rate does not change. */
function failedConnectsAdvice({ connections: { refusals } }: Measurement): string {
  const [first] = refusals.filter(({ stage }) => stage === 'connect' || stage === 'subscribe')
  if (first && isServersOwn(first)) return `the server refused: ${refusalWords(first)}`
  return 'lower clients.connectRate, or raise clients.connectTimeout'
}

/** The highest of all workers, and which worker it is of. */
function worst(read: (worker: Worker) => number): Figure['read'] {
  return ({ generator: { workers } }) => {
    const values = workers.map(read)
    const value = Math.max(0, ...values)
    return {
      value,
      byWorker: values,
      ...(workers.length > 1 ? { where: ` in worker ${values.indexOf(value)}` } : {}),
    }
  }
}
