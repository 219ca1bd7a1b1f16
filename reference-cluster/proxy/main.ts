import { configFromEnvironment, runChild, tellParent } from '../child.js'
import { type FromProxy, proxyConfig, type ToProxy } from './contract.js'
import { Path } from './path.js'

/** The TCP proxy between nodes and broker: a scenario can slow down or interrupt its paths. */
await runChild(async () => {
  const config = configFromEnvironment('WSBENCH_PROXY', proxyConfig)
  const paths = Array.from({ length: config.paths }, () => new Path(config))
  const ports = await Promise.all(paths.map((path) => path.listen()))
  process.on('message', ({ paths: chosen, shape }: ToProxy) => {
    for (const index of chosen) paths[index]?.shape(shape)
    void tellParent({ type: 'shaped' } satisfies FromProxy)
  })
  process.once('SIGTERM', () => process.exit(0))
  await tellParent({ type: 'ready', ports } satisfies FromProxy)
})
