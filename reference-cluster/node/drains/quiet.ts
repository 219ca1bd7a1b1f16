import { setTimeout as sleep } from 'node:timers/promises'

/** No newcomer for so long: the balancer has none left on their way. */
const QUIET_MS = 300
const DEADLINE_MS = 2_000
const LOOK_MS = 20

/** Resolves once `accepted` has stood still for a while, soon at the latest. */
export async function quiet(accepted: () => number): Promise<void> {
  const startMs = performance.now()
  let before = accepted()
  let stillSinceMs = startMs
  for (let nowMs = startMs; nowMs - stillSinceMs < QUIET_MS && nowMs - startMs < DEADLINE_MS; ) {
    await sleep(LOOK_MS)
    nowMs = performance.now()
    if (accepted() !== before) stillSinceMs = nowMs
    before = accepted()
  }
}
