import { setTimeout as delay } from 'node:timers/promises'

/** SIGKILL to every process of the group of `leader`. */
export function killGroup(leader: number): void {
  signalGroup(leader, 'SIGKILL')
}

/** Resolves once the groups have no processes, or after `deadlineMs` (a zombie that is not reaped stays forever). */
export async function groupsGone(leaders: readonly number[], deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (leaders.some((leader) => signalGroup(leader, 0)) && performance.now() < deadline) await delay(10)
}

/** Whether the group has any process. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal)
  } catch {
    return false
  }
}
