import { setTimeout as delay } from 'node:timers/promises'

/** SIGKILL to every process of the group that `leader` opened. */
export function killGroup(leader: number): void {
  signalGroup(leader, 'SIGKILL')
}

/** Resolves once nothing is left of the groups, or after `deadlineMs` (a zombie nobody reaps stays for ever). */
export async function groupsGone(leaders: readonly number[], deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (leaders.some((leader) => signalGroup(leader, 0)) && performance.now() < deadline) await delay(10)
}

/** Whether there was anybody to signal. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal)
  } catch {
    return false
  }
}
