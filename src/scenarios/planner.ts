import { strategies } from '../cluster/affinity/index.js'
import { estimateResources, planWorkers, refuseTooMuchMemory } from './estimate.js'
import type { Machine } from './machine.js'
import type { ClientsPlan, Plan } from './plan.js'
import { planAddresses } from './plan-addresses.js'
import { connectionsThroughBalancer, planChannels } from './plan-channels.js'
import { planCluster } from './plan-cluster.js'
import { planEvents, planSpans } from './plan-events.js'
import { notesOn } from './plan-notes.js'
import type { Scenario } from './schema.js'

/**
 * What a run of `scenario` on `machine` will be, to the last figure. Pure. Throws a WsbenchError (exit `setup`) that
 * names the limit when this machine can't carry it.
 */
export function planScenario(scenario: Scenario, machine: Machine): Plan {
  const channels = planChannels(scenario)
  const connections = connectionsThroughBalancer(scenario.clients.count, channels)
  const chaos = planEvents(scenario)
  const cluster = planCluster(scenario, machine, { connections, chaos })
  const clients = planClients(scenario, machine, connections)
  const workers = planWorkers(connections, machine)
  const { warmup, measure, grace } = scenario.phases
  const phases = {
    warmupMs: warmup,
    measureMs: measure,
    graceMs: grace,
    spans: planSpans(scenario.phases, chaos),
  }
  const estimate = estimateResources({ cluster, clients, channels, phases, workers, connections })
  refuseTooMuchMemory(estimate, machine)
  const { name, description, seed, gates, validity } = scenario
  const plan = {
    name,
    description,
    seed,
    cluster,
    clients,
    channels,
    phases,
    chaos,
    gates,
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

function planClients(
  { clients, cluster, seed }: Scenario,
  machine: Machine,
  connections: number,
): ClientsPlan {
  const { key } = strategies[cluster.balancer.strategy]
  return {
    count: clients.count,
    connectRateHz: clients.connectRate,
    connectTimeoutMs: clients.connectTimeout,
    addresses: planAddresses(clients.addresses, seed, machine, connections),
    reconnect: { baseMs: clients.reconnect.base, capMs: clients.reconnect.cap },
    ping: clients.ping ? { everyMs: clients.ping.every, timeoutMs: clients.ping.timeout } : null,
    keepsCookies: key === 'cookie',
    sendsClientId: key === 'client-id',
  }
}
