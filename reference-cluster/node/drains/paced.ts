import { setTimeout as sleep } from 'node:timers/promises'

const STEP_MS = 50

/** Calls `act` for one item after the other, evenly, so that the last call is made when the window ends. */
export async function paced<Item>(
  items: readonly Item[],
  windowMs: number,
  act: (item: Item) => void,
): Promise<void> {
  const startMs = performance.now()
  for (let done = 0; done < items.length; ) {
    const elapsedMs = performance.now() - startMs
    const due = elapsedMs >= windowMs ? items.length : Math.floor((items.length * elapsedMs) / windowMs)
    for (; done < due; done += 1) act(items[done]!)
    if (done < items.length) await sleep(STEP_MS)
  }
}
