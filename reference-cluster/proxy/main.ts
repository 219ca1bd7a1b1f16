import { configFromEnvironment, runChild, tellParent } from '../child.js'
import { type FromProxy, proxyConfig, type ToProxy } from './contract.js'
import { Link } from './link.js'

/** A TCP proxy whose links can be slowed and interrupted: the path between nodes and broker, where a scenario asks for it. */
await runChild(async () => {
  const config = configFromEnvironment('WSBENCH_PROXY', proxyConfig)
  const links = Array.from({ length: config.links }, () => new Link(config))
  const ports = await Promise.all(links.map((link) => link.listen()))
  process.on('message', ({ links: chosen, shape }: ToProxy) => {
    for (const index of chosen) links[index]?.shape(shape)
    void tellParent({ type: 'shaped' } satisfies FromProxy)
  })
  process.once('SIGTERM', () => process.exit(0))
  await tellParent({ type: 'ready', ports } satisfies FromProxy)
})
