import { formatCount } from '../../base/format.js'
import type { Plan } from '../../plan/plan.js'
import { processesOf } from '../estimate.js'
import type { Machine } from '../machine.js'
import type { Limit } from './limit.js'

/** The main thread of Node.js, V8's workers, and libuv's thread pool. */
const THREADS_PER_NODE_PROCESS = 11
const THREADS_PER_PROGRAM = 6

/** Processes and threads. */
export function taskLimit(plan: Plan, { kernel: { tasks } }: Machine): Limit {
  const { ofNode, programs } = processesOf(plan)
  const needed = ofNode * THREADS_PER_NODE_PROCESS + programs * THREADS_PER_PROGRAM
  const available = tasks && tasks.most - tasks.used
  const most = Math.ceil((needed + (tasks?.used ?? 0)) * 1.25)
  return {
    name: `processes and threads${tasks ? ` (${tasks.limitedBy})` : ''}`,
    needed,
    available,
    unit: 'count',
    kind: 'hard',
    message: `${ofNode + programs} processes need about ${formatCount(needed)} threads, but only ${formatCount(available ?? 0)} more are allowed (${tasks?.limitedBy})`,
    fix: tasks ? fixes[tasks.limitedBy](most) : '',
  }
}

const fixes: Record<NonNullable<Machine['kernel']['tasks']>['limitedBy'], (most: number) => string> = {
  'kernel.pid_max': (most) => `sysctl -w kernel.pid_max=${most}`,
  'kernel.threads-max': (most) => `sysctl -w kernel.threads-max=${most}`,
  'ulimit -u': (most) => `ulimit -u ${most}`,
  'pids.max': (most) => `raise pids.max of the cgroup to ${most} (docker run --pids-limit, systemd TasksMax)`,
}
