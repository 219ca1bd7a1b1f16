import { formatDuration } from '../base/format.js'
import type { Plan } from '../plan/plan.js'
import type { Tick } from '../results/worker-records.js'

/** Stops a run that does more harm than it was meant to: too few connected, or too long. */
export class Guard {
  /** Why it stopped the run; null while it did not. */
  reason: string | null = null
  readonly #connected = new Map<number, number>()
  readonly #timer: NodeJS.Timeout | undefined
  #isWatching = false

  constructor(
    readonly plan: Pick<Plan, 'safety' | 'clients' | 'workers'>,
    readonly stop: () => void,
  ) {
    const { maxDurationMs } = plan.safety
    if (maxDurationMs === null) return
    this.#timer = setTimeout(
      () => this.#halt(`it took longer than ${formatDuration(maxDurationMs)}`),
      maxDurationMs,
    )
  }

  /** From now on, all should be connected. */
  watch(): void {
    this.#isWatching = true
  }

  onTick(worker: number, { connected }: Tick): void {
    this.#connected.set(worker, connected)
    const { abortBelowShare } = this.plan.safety
    if (!this.#isWatching || abortBelowShare === null || this.#connected.size < this.plan.workers) return
    const share =
      [...this.#connected.values()].reduce((sum, count) => sum + count, 0) / this.plan.clients.count
    if (share < abortBelowShare) this.#halt(`only ${Math.floor(share * 100)}% of the clients were connected`)
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #halt(reason: string): void {
    if (this.reason !== null) return
    this.reason = reason
    this.stop()
  }
}
