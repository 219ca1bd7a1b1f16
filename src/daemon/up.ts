import { once } from 'node:events'
import { setupError } from '../base/errors.js'
import { linkedController } from '../base/linked-controller.js'
import { type LocalCluster, startLocalCluster } from '../cluster/local/local-cluster.js'
import { readMachine } from '../planning/read-machine.js'
import { serveControl } from './control-server.js'
import { DaemonCluster } from './daemon-cluster.js'
import { planDaemon, type UpOptions } from './daemon-plan.js'
import { leaveRuntimeDirectory, runtimeFiles } from './runtime-directory.js'

/**
 * Starts a cluster and answers requests about it until `signal` fires or `cluster down` is received; nothing is left when
 * this resolves. `onUp` is called when clients can connect.
 */
export async function serveCluster(
  options: UpOptions,
  signal: AbortSignal,
  onUp: (cluster: LocalCluster) => void | Promise<void>,
): Promise<void> {
  const machine = readMachine()
  const { cluster: plan, expectedClients } = planDaemon(options, machine)
  const files = runtimeFiles()
  const ending = linkedController(signal)
  const gone = new AbortController()
  let daemon: DaemonCluster | null = null
  const server = await serveControl(files, async (request, say, hangUp) => {
    if (daemon === null) throw setupError('the cluster is still coming up', 'ask again in a moment')
    await daemon.answer(request, say, hangUp)
  })
  try {
    const cluster = await startLocalCluster({ plan, descriptors: machine.descriptors, expectedClients })
    try {
      daemon = new DaemonCluster(cluster, ending, gone.signal)
      await onUp(cluster)
      if (!ending.signal.aborted) await once(ending.signal, 'abort')
    } finally {
      await cluster.down()
    }
  } finally {
    server.close()
    leaveRuntimeDirectory(files)
    gone.abort()
  }
}
