import { onTestFinished } from 'vitest'
import type { NodeConfig } from '../node/contract.js'
import { type Node, startNode } from '../node/node.js'

/** A node in this process, drained when the test ends. */
export async function startTestNode(changes: Partial<NodeConfig> = {}): Promise<Node> {
  const node = await startNode({
    id: 'n1',
    index: 0,
    host: '127.0.0.1',
    port: 0,
    bridge: 'none',
    brokerUrl: null,
    brokerPatienceMs: 10_000,
    drain: { mode: 'close', windowMs: 0 },
    maxBacklogBytes: 1 << 20,
    ...changes,
  })
  onTestFinished(async () => {
    await node.drain()
  })
  return node
}
