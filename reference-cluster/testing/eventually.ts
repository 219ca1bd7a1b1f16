import { vi } from 'vitest'

/** Resolves once `check` no longer throws; rejects with its error after 10 s, enough for a busy machine. */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 })
}
