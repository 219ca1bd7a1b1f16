import { vi } from 'vitest'

/** Resolves once `check` no longer throws; rejects with what it throws after 10 s, which a busy machine may need. */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 })
}
