import { configFromEnvironment, runChild, tellParent } from '../child.js'
import { startBalancer } from './balancer.js'
import { balancerConfig, type FromBalancer, type ToBalancer } from './contract.js'

await runChild(async () => {
  const balancer = await startBalancer(configFromEnvironment('WSBENCH_BALANCER', balancerConfig))
  process.on('message', (message: ToBalancer) => {
    balancer.setUpstreams(message.upstreams)
    void tellParent({ type: 'applied' } satisfies FromBalancer)
  })
  process.once('SIGTERM', async () => {
    await balancer.stop()
    process.exit(0)
  })
  await tellParent({ type: 'ready', port: balancer.port } satisfies FromBalancer)
})
