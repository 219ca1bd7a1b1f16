import type { z } from 'zod'
import { balancerKill } from './balancer-kill.js'
import { balancerReload } from './balancer-reload.js'
import { brokerDisconnect } from './broker-disconnect.js'
import { brokerFreeze } from './broker-freeze.js'
import { brokerKill } from './broker-kill.js'
import { brokerRestart } from './broker-restart.js'
import { clientChurn } from './client-churn.js'
import { clientStall } from './client-stall.js'
import { docker } from './docker.js'
import type { ChaosEvent } from './event.js'
import { exec } from './exec.js'
import { http } from './http.js'
import { kubectl } from './kubectl.js'
import { latency } from './latency.js'
import { nodeDrain } from './node-drain.js'
import { nodeFreeze } from './node-freeze.js'
import { nodeKill } from './node-kill.js'
import { nodeRestart } from './node-restart.js'
import { partition } from './partition.js'
import { reconnectStorm } from './reconnect-storm.js'
import { rollingDeploy } from './rolling-deploy.js'
import { scaleIn } from './scale-in.js'
import { scaleOut } from './scale-out.js'

/** Every chaos event, by the name a scenario uses. Schema, `list`, docs and the contract tests follow from it. */
export const events = {
  'scale-out': scaleOut,
  'scale-in': scaleIn,
  'node-kill': nodeKill,
  'node-drain': nodeDrain,
  'node-freeze': nodeFreeze,
  'node-restart': nodeRestart,
  'rolling-deploy': rollingDeploy,
  'balancer-reload': balancerReload,
  'balancer-kill': balancerKill,
  'broker-kill': brokerKill,
  'broker-restart': brokerRestart,
  'broker-freeze': brokerFreeze,
  'broker-disconnect': brokerDisconnect,
  partition,
  latency,
  'client-churn': clientChurn,
  'client-stall': clientStall,
  'reconnect-storm': reconnectStorm,
  exec,
  http,
  docker,
  kubectl,
} as const

export type EventKind = keyof typeof events

/** The validated arguments of any event; `event` says of which. */
export type EventArguments = {
  [Kind in EventKind]: { readonly event: Kind } & z.infer<(typeof events)[Kind]['arguments']>
}[EventKind]

/** The event that `action` belongs to. The cast is safe, since EventArguments pairs each kind with its own arguments. */
export function eventOf(action: EventArguments): ChaosEvent<EventArguments> {
  return events[action.event] as unknown as ChaosEvent<EventArguments>
}
