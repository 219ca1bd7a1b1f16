import type { Cluster } from '../cluster/cluster.js'
import type { InjectContext } from './event.js'
import { showAnswers, watchSilence } from './evidence.js'

/** Suspends a node or `broker` for `forMs`, and shows that it was silent and came back. */
export async function freezeFor(
  cluster: Cluster,
  part: string,
  forMs: number,
  { wait, observe }: Pick<InjectContext, 'wait' | 'observe'>,
): Promise<void> {
  await cluster.freeze(part)
  const endWatch = watchSilence(part, (withinMs) => cluster.answers(part, withinMs), forMs)
  await wait(forMs)
  const silence = endWatch()
  await cluster.thaw(part)
  if (silence !== undefined) observe(`${silence} while frozen`)
  observe(await showAnswers(cluster, part))
}
