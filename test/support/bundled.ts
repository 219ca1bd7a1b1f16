import { expect } from 'vitest'
import { bridges } from '../../reference-cluster/node/bridges/index.js'
import { isNeeded } from '../../src/plan/events.js'
import type { GateResult } from '../../src/results/result.js'
import { loadScenario } from '../../src/scenarios/load.js'
import { miniature, set } from './miniature.js'
import { wsbench } from './wsbench.js'

/** Moves the events to the seconds 1, 3, 5, … */
function early(name: string): string[] {
  const { chaos } = loadScenario(name)
  return set(Object.fromEntries(chaos.map((_, index) => [`chaos[${index}].at`, `${1 + index * 2}s`])))
}

const quickChurn = set({
  'chaos[0].at': '0s',
  'chaos[0].every': '3s',
  'chaos[0].offline': '400ms',
  'chaos[0].for': '6s',
})

/** Further settings that a scenario needs to work within a few seconds. */
const extraSettings: Readonly<Record<string, readonly string[]>> = {
  affinity: set({ 'traffic[0].rate': '0.6/s' }),
  freeze: set({
    'cluster.brokerPatience': '500ms',
    'clients.connectTimeout': '500ms',
    'clients.heartbeat': '{ every: 1s, timeout: 500ms }',
    'chaos[0].for': '2500ms',
    'chaos[1].at': '4500ms',
    'chaos[1].for': '2s',
    'phases.measure': '8s',
  }),
  // The other gates count the messages of the full load.
  jitter: [
    ...quickChurn,
    ...['--set', 'gates=[delivery.lostInFlight == 0, "delivery.lostWhileOffline{phase=client-churn#1} > 0"]'],
  ],
  'jitter-resume': [
    ...quickChurn,
    ...['--set', 'gates=[delivery.lost == 0, "delivery.replayed{phase=client-churn#1} > 0"]'],
  ],
  // Its claim is about the node that scale-out adds, which takes seconds to start on a busy machine.
  'playbook/cookie-imbalance': set({ 'phases.measure': '12s' }),
  'rolling-deploy': set({ 'cluster.nodes': 2, 'phases.measure': '30s', 'chaos[2].pause': '0s' }),
}

/** Claims that are false, also in miniature: these gates must fail. */
const falseClaims: Readonly<Record<string, readonly string[]>> = {
  'playbook/cookie-imbalance': ['balance.maxOverMean{at=end} < 1.08'],
  'playbook/drain-close': ['delivery.lost == 0'],
  'playbook/nat-ip-hash': ['balance.maxOverMean{at=end} < 1.25'],
}

/** Gates on speed are not tested, because the machine runs other tests at the same time. */
const isAboutSpeed = (gate: string): boolean => /^latency\.|cpuPerMessage/.test(gate)

const isLossy = (name: string): boolean => falseClaims[name]?.includes('delivery.lost == 0') ?? false

export const isClaim = (name: string): boolean => name.startsWith('playbook/')

/** The embedded balancer has no configuration that could be read again. */
const balancerFor = (name: string): string =>
  isNeeded(
    'balancer-reload',
    loadScenario(name).chaos.map((action) => ({ action })),
  )
    ? 'nginx'
    : 'embedded'

/**
 * Runs a scenario with the embedded balancer (nginx, if it is to be reloaded), and the embedded broker if it works with the bridge. All gates must pass except
 * those of false claims, and no process or file may be left behind.
 */
export async function runsInMiniature(name: string): Promise<void> {
  const broker = bridges[loadScenario(name).cluster.bridge].isEmbeddable ? 'embedded' : 'redis'
  const { code, stdout, stderr, result, orphans, leftovers } = await wsbench([
    ...['run', name, ...miniature, ...early(name), '--set', 'traffic[0].rate=10/s'],
    ...(extraSettings[name] ?? []),
    // On a busy machine what is not lost may take longer. A run waits for it only as long as something is missing.
    ...(isClaim(name) ? set({ 'phases.grace': isLossy(name) ? '5s' : '20s' }) : []),
    ...['--balancer', balancerFor(name), '--set', `cluster.broker=${broker}`],
  ])
  expect(result, stderr).not.toBeNull()
  expectGates(name, result!.gates, stdout)
  // On a busy machine the generator can decide a gate on speed, which makes the run invalid.
  const isUndecided = result!.gates.some(({ outcome }) => outcome === 'undecided')
  expect(isUndecided ? ['invalid'] : ['pass', 'fail']).toContain(result!.verdict.outcome)
  expect(code).toBe({ pass: 0, fail: 99, invalid: 4 }[result!.verdict.outcome as 'pass' | 'fail' | 'invalid'])
  expect(result!.delivery.delivered).toBeGreaterThan(0)
  expect(result!.events.map(({ failure }) => failure)).toEqual(result!.events.map(() => null))
  expect(stdout).toContain('embedded')
  expect([orphans, leftovers]).toEqual([[], []])
}

function expectGates(name: string, gates: readonly GateResult[], stdout: string): void {
  const missed = falseClaims[name] ?? []
  const judged = gates.filter(({ expression }) => !isAboutSpeed(expression))
  const expected = judged.map(({ expression }) => [expression, missed.includes(expression) ? 'fail' : 'pass'])
  expect(
    judged.map(({ expression, outcome }) => [expression, outcome]),
    stdout,
  ).toEqual(expected)
  expect(gates.map(({ expression }) => expression)).toEqual(expect.arrayContaining([...missed]))
  // Every gate must have had a value, such as a hop's latency.
  expect(gates.filter(({ value }) => value === null)).toEqual([])
}
