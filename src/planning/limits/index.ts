import { setupError } from '../../base/errors.js'
import type { Plan } from '../../plan/plan.js'
import type { Machine } from '../machine.js'
import { conntrackLimit } from './conntrack.js'
import { descriptorLimits } from './descriptors.js'
import { firstExceeded, type Limit } from './limit.js'
import { listenQueueLimits } from './listen-queues.js'
import { memoryLimits } from './memory.js'
import { portLimits } from './ports.js'
import { taskLimit } from './tasks.js'

/** Every limit of the machine that the plan could exceed. */
export function limitsOf(plan: Plan, machine: Machine): Limit[] {
  return [
    ...descriptorLimits(plan, machine),
    ...portLimits(plan, machine),
    ...memoryLimits(plan, machine),
    conntrackLimit(plan, machine),
    ...listenQueueLimits(plan, machine),
    taskLimit(plan, machine),
  ]
}

/** Throws a WsbenchError (exit `setup`) with the first exceeded limit and how to raise it. */
export function enforceLimits(plan: Plan, machine: Machine): void {
  const limit = firstExceeded(limitsOf(plan, machine))
  if (limit) throw setupError(limit.message, limit.fix)
}
