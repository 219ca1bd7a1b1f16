import { z } from 'zod'
import type { Cluster } from '../cluster/cluster.js'
import { WsbenchError } from '../errors.js'

const expected = { error: 'expected a node: its number, its name (n2), or random' }

/** `node: 2`, `node: n2` or `node: random`. */
export const nodeTarget = z
  .union([z.number().int().positive(), z.string().regex(/^(n[1-9][0-9]*|random)$/, expected)], expected)
  .default('random')

export type NodeTarget = z.infer<typeof nodeTarget>

/** The id of the node that `target` names; `random` is drawn among those that are up. */
export function resolveTarget(cluster: Cluster, target: NodeTarget, random: () => number): string {
  const up = cluster.nodes.filter((node) => node.state === 'up')
  const wanted =
    target === 'random'
      ? up[Math.floor(random() * up.length)]?.id
      : typeof target === 'number'
        ? `n${target}`
        : target
  const found = up.find((node) => node.id === wanted)
  if (!found) {
    throw new WsbenchError(`no node ${wanted ?? ''} is up`, {
      exit: 'setup',
      hint: `up: ${up.map((node) => node.id).join(', ') || 'none'}`,
    })
  }
  return found.id
}
