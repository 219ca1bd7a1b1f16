import { setupError } from '../base/errors.js'
import { type LocalCluster, startLocalCluster } from '../cluster/local/local-cluster.js'
import { readMachine } from '../planning/read-machine.js'
import { serveControl } from './control-server.js'
import { DaemonCluster } from './daemon-cluster.js'
import { planDaemon, type UpOptions } from './daemon-plan.js'
import { leaveRuntimeDirectory, runtimeFiles } from './runtime-directory.js'

/**
 * Brings up a cluster and serves it until `signal` fires or `cluster down` comes; nothing is left when it resolves.
 * `onUp` is called once clients may connect.
 */
export async function standCluster(
  options: UpOptions,
  signal: AbortSignal,
  onUp: (cluster: LocalCluster) => void | Promise<void>,
): Promise<void> {
  const machine = readMachine()
  const { cluster: plan, expectedClients } = planDaemon(options, machine)
  const files = runtimeFiles()
  let standing: DaemonCluster | null = null
  const server = await serveControl(files, async (request, say, gone) => {
    if (standing === null) throw setupError('the cluster is still coming up', 'ask again in a moment')
    await standing.answer(request, say, gone)
  })
  let tellGone = (): void => {}
  const isGone = new Promise<void>((resolve) => {
    tellGone = resolve
  })
  try {
    const cluster = await startLocalCluster({ plan, descriptors: machine.descriptors, expectedClients })
    try {
      const isOver = new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve(), { once: true })
        standing = new DaemonCluster(cluster, isGone, resolve)
      })
      await onUp(cluster)
      await isOver
    } finally {
      await cluster.down()
    }
  } finally {
    server.close()
    leaveRuntimeDirectory(files)
    tellGone()
  }
}
