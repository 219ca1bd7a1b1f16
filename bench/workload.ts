import type { Figure } from './figure.js'

export interface BenchOptions {
  readonly rounds: number
  /** The C limit's program; null where there is none. */
  readonly limit: string | null
}

export interface Workload {
  readonly title: string
  run(options: BenchOptions): Promise<Figure[]>
}
