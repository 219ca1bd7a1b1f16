import { strategies } from '../cluster/affinity/index.js'
import { planEvents, planSpans } from '../plan/events.js'
import type { ClientsPlan, Plan } from '../plan/plan.js'
import type { Scenario } from '../scenarios/schema.js'
import { suitableConnectRate } from './connect-rate.js'
import { estimateResources, planWorkers } from './estimate.js'
import { enforceLimits } from './limits/index.js'
import type { Machine } from './machine.js'
import { planAddresses } from './plan-addresses.js'
import { connectionsThroughBalancer, planChannels } from './plan-channels.js'
import { planCluster } from './plan-cluster.js'
import { notesOn } from './plan-notes.js'
import { noCluster, planTarget } from './plan-target.js'

/**
 * The complete plan of a run of `scenario` on `machine`. Pure. Throws a WsbenchError (exit `setup`) that names the exceeded
 * limit if the machine is too small.
 */
export function planScenario(scenario: Scenario, machine: Machine): Plan {
  const plan = draftPlan(scenario, machine)
  enforceLimits(plan, machine)
  return plan
}

/** The same without enforcing the limits of the machine. */
export function draftPlan(scenario: Scenario, machine: Machine): Plan {
  const channels = planChannels(scenario)
  const connections = connectionsThroughBalancer(scenario.clients.count, channels)
  const chaos = planEvents(scenario)
  const target = scenario.target ? planTarget(scenario.target) : null
  const cluster = target ? noCluster(target) : planCluster(scenario, machine, { connections, chaos })
  const clients = planClients(scenario, machine, cluster)
  const workers = planWorkers(connections, machine)
  const { warmup, measure, grace } = scenario.phases
  const phases = {
    warmupMs: warmup,
    measureMs: measure,
    graceMs: grace,
    spans: planSpans(scenario.phases, chaos),
  }
  const estimate = estimateResources({ cluster, clients, channels, phases, workers, connections })
  const { name, description, seed, safety, validity } = scenario
  const plan = {
    name,
    description,
    seed,
    cluster,
    target,
    clients,
    channels,
    phases,
    chaos,
    gates: scenario.gates.map(({ gate }) => gate),
    abortGates: scenario.gates
      .filter(({ abortOnFail }) => abortOnFail)
      .map(({ gate, after }) => ({ gate, afterMs: after })),
    safety: {
      abortBelowShare: safety.abortIfConnectedBelow ?? null,
      maxDurationMs: safety.maxDuration ?? null,
    },
    workers,
    validity: {
      eventLoopLagP99Ms: validity.eventLoopLag,
      sendDelayP99Ms: validity.sendDelay,
      overrunShare: validity.overruns,
      workerCpuShare: validity.workerCpu,
      pauseMs: validity.pause,
      failedConnectsShare: validity.failedConnects,
      exhaustedConnects: validity.exhaustedConnects,
      listenOverflows: validity.listenOverflows,
    },
    estimate,
  }
  return { ...plan, notes: notesOn(plan, scenario, machine) }
}

function planClients(scenario: Scenario, machine: Machine, { balancer }: Plan['cluster']): ClientsPlan {
  const { clients, cluster, target } = scenario
  const { key } = strategies[cluster.balancer.strategy]
  return {
    count: clients.count,
    connectRateHz: clients.connectRate ?? suitableConnectRate(balancer, machine),
    connectTimeoutMs: clients.connectTimeout,
    addresses: planAddresses(scenario, machine),
    reconnect: {
      baseMs: clients.reconnect.base,
      capMs: clients.reconnect.cap,
      resume: clients.reconnect.resume,
    },
    heartbeat: clients.heartbeat
      ? { everyMs: clients.heartbeat.every, timeoutMs: clients.heartbeat.timeout }
      : null,
    keepsCookies: target === undefined && key === 'cookie',
    sendsClientId: target === undefined && key === 'client-id',
  }
}
