import { expect } from 'vitest'
import { bridges } from '../../reference-cluster/node/bridges/index.js'
import { loadScenario } from '../../src/scenarios/load.js'
import { miniature, set } from './miniature.js'
import { wsbench } from './wsbench.js'

/** Every event in turn, from second 1 on. */
function early(name: string): string[] {
  const { chaos } = loadScenario(name)
  return set(Object.fromEntries(chaos.map((_, index) => [`chaos[${index}].at`, `${1 + index * 2}s`])))
}

/** What a scenario needs besides, to make sense in a few seconds. */
const besides: Readonly<Record<string, readonly string[]>> = {
  // Its other gates count the messages of the whole load.
  jitter: [
    ...set({
      'chaos[0].at': '0s',
      'chaos[0].every': '3s',
      'chaos[0].offline': '400ms',
      'chaos[0].for': '6s',
    }),
    ...['--set', 'gates=[delivery.lostInFlight == 0, "delivery.missedOffline{phase=client-churn#1} > 0"]'],
  ],
  'rolling-deploy': set({ 'cluster.nodes': 2, 'phases.measure': '30s', 'chaos[2].pause': '0s' }),
}

export const isClaim = (name: string): boolean => name.startsWith('playbook/')

/**
 * On the embedded balancer, and broker where that has what the bridge needs: it passes, or its claim is found wrong, and
 * nothing is left behind.
 */
export async function runsInMiniature(name: string): Promise<void> {
  const broker = bridges[loadScenario(name).cluster.bridge].isEmbeddable ? 'embedded' : 'redis'
  const { code, stdout, stderr, result, orphans, leftovers } = await wsbench([
    ...['run', name, ...miniature, ...early(name), '--set', 'traffic[0].rate=10/s'],
    ...(besides[name] ?? []),
    ...['--balancer', 'embedded', '--set', `cluster.broker=${broker}`],
  ])
  expect(result, stderr).not.toBeNull()
  // The gates of a playbook scenario put a claim to the test: that they fail is a finding.
  expect(isClaim(name) ? ['pass', 'fail'] : ['pass'], stdout).toContain(result!.verdict.outcome)
  expect(code).toBe(result!.verdict.outcome === 'pass' ? 0 : 99)
  expect(result!.delivery.delivered).toBeGreaterThan(0)
  expect(result!.events.map(({ failure }) => failure)).toEqual(result!.events.map(() => null))
  expect(stdout).toContain('embedded')
  expect([orphans, leftovers]).toEqual([[], []])
}
