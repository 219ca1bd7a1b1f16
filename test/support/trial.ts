import { expect } from 'vitest'
import type { EventResult, Result } from '../../src/results/result.js'
import { miniature } from './miniature.js'
import { wsbench } from './wsbench.js'

export const parts = {
  nginx: ['--balancer', 'nginx', '--set', 'cluster.broker=redis'],
  haproxy: ['--balancer', 'haproxy', '--set', 'cluster.broker=redis'],
  embedded: ['--balancer', 'embedded', '--set', 'cluster.broker=embedded'],
} as const

export interface Trial {
  readonly result: Result
  readonly events: readonly EventResult[]
}

/** A miniature of smoke with these events; every event must have done what it should, and nothing may be left behind. */
export async function trial(
  chaos: string,
  on: keyof typeof parts,
  more: readonly string[] = [],
): Promise<Trial> {
  const { stdout, stderr, result, orphans, leftovers } = await wsbench([
    ...['run', 'smoke', ...miniature, ...parts[on]],
    ...['--set', 'traffic[0].rate=20/s', '--set', `chaos=${chaos}`, ...more],
  ])
  expect(result, `${stdout}\n${stderr}`).not.toBeNull()
  expect([orphans, leftovers]).toEqual([[], []])
  expect(result!.verdict.outcome, stdout).not.toBe('invalid')
  expect(result!.events.map(({ failure }) => failure)).toEqual(result!.events.map(() => null))
  return { result: result!, events: result!.events }
}

/** Who is to blame for losses, `unexplained` included where there are any. */
export function blamed({ delivery }: Result): string[] {
  return Object.keys(delivery.byCause).filter((cause) => delivery.byCause[cause]!.lost > 0)
}

export function expectAllBack(event: EventResult | undefined): void {
  expect(event!.affectedClients).toBeGreaterThan(0)
  expect(event!.recovery.recovered).toBe(event!.affectedClients)
}

/** Causes of losses, but for these. */
export function othersBlamed(result: Result, expected: readonly string[]): string[] {
  return blamed(result).filter((cause) => !expected.includes(cause))
}
