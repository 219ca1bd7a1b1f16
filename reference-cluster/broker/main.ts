import { configFromEnvironment, runChild, tellParent } from '../child.js'
import { startBroker } from './broker.js'
import { brokerConfig, type FromBroker } from './contract.js'

await runChild(async () => {
  const broker = await startBroker(configFromEnvironment('WSBENCH_BROKER', brokerConfig))
  process.once('SIGTERM', async () => {
    await broker.stop()
    process.exit(0)
  })
  await tellParent({ type: 'ready', port: broker.port } satisfies FromBroker)
})
