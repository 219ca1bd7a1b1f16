import { configFromEnvironment, runChild, tellParent } from '../child.js'
import { startBroker } from './broker.js'
import { brokerConfig, type FromBroker, type ToBroker } from './contract.js'

await runChild(async () => {
  const broker = await startBroker(configFromEnvironment('WSBENCH_BROKER', brokerConfig))
  // There is only one type of message.
  process.on('message', (_message: ToBroker) => {
    const connections = broker.disconnectAll()
    void tellParent({ type: 'disconnected', connections } satisfies FromBroker)
  })
  process.once('SIGTERM', async () => {
    await broker.stop()
    process.exit(0)
  })
  await tellParent({ type: 'ready', port: broker.port } satisfies FromBroker)
})
