import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { escapeText } from '../base/escape.js'
import { formatDuration } from '../base/format.js'
import { eventOf } from '../chaos/index.js'
import { localClusterPlan } from '../cluster/cluster-plan.js'
import { type ComposeCluster, startComposeCluster } from '../cluster/compose/compose-cluster.js'
import { TargetCluster } from '../cluster/external/target-cluster.js'
import { type LocalCluster, startLocalCluster } from '../cluster/local/local-cluster.js'
import { probeTarget } from '../generator/external/probe.js'
import type { AddressPlan, Plan } from '../plan/plan.js'
import type { Machine } from '../planning/machine.js'
import { planScenario } from '../planning/planner.js'
import type { Result } from '../results/result.js'
import type { Scenario } from '../scenarios/schema.js'
import { describeEnvironment } from './environment.js'
import type { RunObserver } from './observer.js'
import { type ClusterContext, run } from './run.js'

/** A scenario that is ready to run. */
export interface Prepared {
  readonly plan: Plan
  readonly scenarioHash: string
}

interface ExecuteOptions {
  readonly machine: Machine
  readonly observer: RunObserver
  readonly signal: AbortSignal
}

/** Throws a WsbenchError (exit `setup`) if this machine can't carry the scenario. */
export function prepare(scenario: Scenario, machine: Machine): Prepared {
  const scenarioHash = createHash('sha256').update(JSON.stringify(scenario)).digest('hex')
  return { plan: planScenario(scenario, machine), scenarioHash }
}

/** One run on this machine, against a cluster of its own or the scenario's target. */
export async function execute(
  { plan, scenarioHash }: Prepared,
  { machine, observer, signal }: ExecuteOptions,
): Promise<Result> {
  let cluster: LocalCluster | ComposeCluster | undefined
  const target =
    plan.target === null ? null : await TargetCluster.locate(plan.target, familyOf(plan.clients.addresses))
  const notes = target === null ? [] : [...target.notes, ...(await probeTarget(plan, target.endpoints))]
  for (const note of notes) observer.onNote(note)
  await target?.checkStats()
  try {
    return await run({
      plan: { ...plan, notes: [...plan.notes, ...notes] },
      scenarioHash,
      environment: describeEnvironment(machine),
      async startCluster(context) {
        if (target !== null) return target
        cluster = await startOwnCluster(plan, machine, context)
        return cluster
      },
      observer,
      signal,
    })
  } finally {
    if (cluster?.keptLogs) observer.onNote(`a part failed; all logs are kept in ${cluster.keptLogs}`)
  }
}

/** IP version of the addresses that clients connect from; 0: any. */
function familyOf(addresses: AddressPlan): number {
  return addresses.kind === 'list' ? isIP(addresses.list[0]!) : 0
}

function startOwnCluster(
  plan: Plan,
  machine: Machine,
  context: ClusterContext,
): Promise<LocalCluster | ComposeCluster> {
  const own = localClusterPlan(plan.cluster)
  if (own.driver === 'compose')
    return startComposeCluster({ plan: own, binary: machine.binaries.docker!, ...context })
  return startLocalCluster({
    plan: own,
    descriptors: machine.descriptors,
    expectedClients: plan.estimate.connections,
    ...context,
  })
}

/** `hook at 20 s, exec#1: docker kill ws-2`: what the run will do outside of wsbench. */
export function announceHooks({ chaos }: Plan): string[] {
  return chaos.flatMap(({ id, atMs, action }) =>
    (eventOf(action).announce?.(action) ?? []).map(
      (words) => `hook at ${formatDuration(atMs)}, ${id}: ${escapeText(words)}`,
    ),
  )
}
