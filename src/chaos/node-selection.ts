import { z } from 'zod'
import { WsbenchError } from '../base/errors.js'
import type { Cluster } from '../cluster/cluster.js'

const expected = { error: 'expected a node: its number, its name (n2), or random' }
const number = z.number().int().positive()

const oneNode = z.union([number, z.string().regex(/^(n[1-9][0-9]*|random)$/, expected)], expected)

/** `node: 2`, `node: n2` or `node: random`. */
export const nodeTarget = oneNode.default('random').describe('number, name (n2) or random')

export type NodeTarget = z.infer<typeof oneNode>

const expectedSome = { error: 'expected nodes: one (2, n2, random), a list of them, or all' }

/** `nodes: 2`, `nodes: [n1, random]` or `nodes: all`. */
export const nodeTargets = z
  .union([z.literal('all'), oneNode, z.array(oneNode, expectedSome).min(1, expectedSome)], expectedSome)
  .describe('number, name (n2), random, a list of them, or all')

export type NodeTargets = z.infer<typeof nodeTargets>

/** The targets that `targets` names one by one; `all` names none. */
export function namedNodes(targets: NodeTargets): readonly NodeTarget[] {
  if (targets === 'all') return []
  return Array.isArray(targets) ? targets : [targets]
}

/** The id of the node that `target` names; `random` is drawn among those that are up. */
export function resolveTarget(cluster: Cluster, target: NodeTarget, random: () => number): string {
  return pick(nodesUp(cluster), target, random)
}

/** The ids of the nodes that `targets` names, each once; every `random` is another node. */
export function resolveTargets(
  cluster: Cluster,
  targets: NodeTargets,
  random: () => number,
): readonly string[] {
  const up = nodesUp(cluster)
  if (targets === 'all') return up
  const named = namedNodes(targets)
  const chosen = new Set(
    named.filter((target) => target !== 'random').map((target) => pick(up, target, random)),
  )
  for (const _ of named.filter((target) => target === 'random')) {
    const left = up.filter((id) => !chosen.has(id))
    chosen.add(pick(left, 'random', random))
  }
  return [...chosen]
}

/** Ids of the nodes that are up, in order of birth. */
export function nodesUp(cluster: Cluster): readonly string[] {
  return cluster.nodes.filter((node) => node.state === 'up').map((node) => node.id)
}

function pick(up: readonly string[], target: NodeTarget, random: () => number): string {
  const wanted =
    target === 'random'
      ? up[Math.floor(random() * up.length)]
      : typeof target === 'number'
        ? `n${target}`
        : target
  if (wanted !== undefined && up.includes(wanted)) return wanted
  throw new WsbenchError(`no node ${wanted ?? ''} is up`, {
    exit: 'setup',
    hint: `up: ${up.join(', ') || 'none'}`,
  })
}
