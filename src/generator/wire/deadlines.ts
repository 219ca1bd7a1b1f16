import { nowMicros } from '../../base/clock.js'

/** Something with a deadline; `deadlineMicros` is set by Deadlines. */
export interface Waiter {
  deadlineMicros: number
  onDeadline(): void
}

/**
 * One timer for all connections of a process; up to SWEEP_MS late, never early. A timer for each socket would take 0.35 KB per
 * connection.
 */
export class Deadlines {
  private readonly waiters = new Set<Waiter>()
  private timer: NodeJS.Timeout | null = null

  arm(waiter: Waiter, afterMs: number): void {
    waiter.deadlineMicros = nowMicros() + afterMs * 1000
    this.waiters.add(waiter)
    this.timer ??= setInterval(() => this.sweep(), SWEEP_MS).unref()
  }

  disarm(waiter: Waiter): void {
    this.waiters.delete(waiter)
  }

  private sweep(): void {
    const now = nowMicros()
    for (const waiter of this.waiters) {
      if (waiter.deadlineMicros > now) continue
      this.waiters.delete(waiter)
      waiter.onDeadline()
    }
    if (this.waiters.size > 0 || this.timer === null) return
    clearInterval(this.timer)
    this.timer = null
  }
}

const SWEEP_MS = 100
