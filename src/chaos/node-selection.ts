import { z } from 'zod'
import { setupError } from '../base/errors.js'
import type { Cluster } from '../cluster/cluster.js'

const expected = { error: 'expected a node: its number, its name (n2), or random' }
const number = z.number().int().positive()

const oneNode = z.union([number, z.string().regex(/^(n[1-9][0-9]*|random)$/, expected)], expected)

/** A node as a scenario names it: `2`, `n2` or `random`. */
export type NodeSelection = z.infer<typeof oneNode>

/** The argument `node`. */
export const nodeSelection = oneNode.default('random').describe('number, name (n2) or random')

const expectedSome = { error: 'expected nodes: one (2, n2, random), a list of them, or all' }

/** The argument `nodes`: `2`, `[n1, random]` or `all`. */
export const nodesSelection = z
  .union([z.literal('all'), oneNode, z.array(oneNode, expectedSome).min(1, expectedSome)], expectedSome)
  .describe('number, name (n2), random, a list of them, or all')

export type NodesSelection = z.infer<typeof nodesSelection>

/** Fields of an event with an argument `node`. */
export const actsOnOneNode = {
  namesNodes: ({ node }: { readonly node: NodeSelection }) => [node],
  selectNodes: (cluster: Cluster, { node }: { readonly node: NodeSelection }, random: () => number) => [
    selectNode(nodesUp(cluster), node, random),
  ],
}

/** Fields of an event with an argument `nodes`. */
export const actsOnNodes = {
  namesNodes: ({ nodes }: { readonly nodes: NodesSelection }) => listOf(nodes),
  selectNodes: selectNodes,
}

/** Ids of the nodes that are up, in start order. */
export function nodesUp(cluster: Cluster): readonly string[] {
  return cluster.nodes.filter((node) => node.state === 'up').map((node) => node.id)
}

/** Each node once; every `random` is a different node. */
function selectNodes(
  cluster: Cluster,
  { nodes }: { readonly nodes: NodesSelection },
  random: () => number,
): readonly string[] {
  const up = nodesUp(cluster)
  if (nodes === 'all') return up
  const [drawn, named] = [[] as NodeSelection[], [] as NodeSelection[]]
  for (const node of listOf(nodes)) (node === 'random' ? drawn : named).push(node)
  const chosen = new Set(named.map((node) => selectNode(up, node, random)))
  for (const node of drawn) {
    const left = up.filter((id) => !chosen.has(id))
    chosen.add(selectNode(left, node, random))
  }
  return [...chosen]
}

/** `all` names no node. */
function listOf(nodes: NodesSelection): readonly NodeSelection[] {
  if (nodes === 'all') return []
  return Array.isArray(nodes) ? nodes : [nodes]
}

function selectNode(up: readonly string[], node: NodeSelection, random: () => number): string {
  const drawn = node === 'random' ? up[Math.floor(random() * up.length)] : node
  const id = typeof drawn === 'number' ? `n${drawn}` : drawn
  if (id !== undefined && up.includes(id)) return id
  throw setupError(`no node ${id ?? ''} is up`, `up: ${up.join(', ') || 'none'}`)
}
