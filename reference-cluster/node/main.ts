import { configFromEnvironment, runChild, tellParent } from '../child.js'
import { nodeConfig } from './config.js'
import type { FromNode, ToNode } from './contract.js'
import { type Node, startNode } from './node.js'

await runChild(async () => {
  const config = configFromEnvironment('WSBENCH_NODE', nodeConfig)
  let node: Node | null = null
  process.once('SIGTERM', async () => {
    const closed = (await node?.drain()) ?? 0
    await tellParent({ type: 'drained', id: config.id, closed } satisfies FromNode)
    process.exit(0)
  })
  node = await startNode(config)
  process.on('message', (message: ToNode) => node.withhold(message.share))
  await tellParent({ type: 'ready', id: config.id, port: node.port } satisfies FromNode)
})
