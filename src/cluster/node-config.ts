import type { NodeConfig } from '../../reference-cluster/node/contract.js'
import type { ClusterPlan } from './cluster-plan.js'
import { nodeId } from './local/nodes.js'

const MAX_BACKLOG_BYTES = 16 * 1024 * 1024

/** The configuration of the node in a slot, for both drivers. */
export function nodeConfig(
  { bridge, brokerPatienceMs, drain }: Pick<ClusterPlan, 'bridge' | 'brokerPatienceMs' | 'drain'>,
  { slot, ...place }: Pick<NodeConfig, 'host' | 'port' | 'brokerUrl'> & { readonly slot: number },
): NodeConfig {
  return {
    id: nodeId(slot),
    index: slot,
    ...place,
    bridge,
    brokerPatienceMs,
    drain,
    maxBacklogBytes: MAX_BACKLOG_BYTES,
  }
}
