import { formatDuration } from '../base/format.js'
import { linkedController } from '../base/linked-controller.js'
import { sumOf } from '../base/sum.js'
import type { Plan } from '../plan/plan.js'
import type { Tick } from '../results/worker-records.js'
import type { RunObserver, Stage } from './observer.js'

/** Stops a run at Ctrl-C, and as the scenario's `safety` says: if it takes too long, or too few clients stay connected. */
export class Guard implements Partial<RunObserver> {
  /** Why it stopped the run by itself; null if it did not. */
  reason: string | null = null
  readonly #halt: AbortController
  readonly #connected = new Map<number, number>()
  readonly #timer: NodeJS.Timeout | undefined
  #hasTraffic = false

  constructor(
    readonly plan: Pick<Plan, 'safety' | 'clients' | 'workers'>,
    interrupt: AbortSignal,
  ) {
    this.#halt = linkedController(interrupt)
    const { maxDurationMs } = plan.safety
    if (maxDurationMs === null) return
    this.#timer = setTimeout(
      () => this.#stop(`it took longer than ${formatDuration(maxDurationMs)}`),
      maxDurationMs,
    )
  }

  /** Fires when the run is to stop. */
  get signal(): AbortSignal {
    return this.#halt.signal
  }

  /** From `traffic` on, all clients should be connected. */
  onStage(stage: Stage): void {
    if (stage === 'traffic') this.#hasTraffic = true
  }

  onTick(worker: number, { connected }: Tick): void {
    this.#connected.set(worker, connected)
    const { abortBelowShare } = this.plan.safety
    if (!this.#hasTraffic || abortBelowShare === null || this.#connected.size < this.plan.workers) return
    const share = sumOf(this.#connected.values(), (count) => count) / this.plan.clients.count
    if (share < abortBelowShare) this.#stop(`only ${Math.floor(share * 100)}% of the clients were connected`)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#halt.abort()
  }

  #stop(reason: string): void {
    this.reason ??= reason
    this.#halt.abort()
  }
}
