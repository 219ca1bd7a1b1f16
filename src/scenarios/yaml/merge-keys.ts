import { type Document, isAlias, isMap, isSeq, type Pair, visit, type YAMLMap } from 'yaml'
import { keyOf, offsetOf, type Violation } from './yaml-restrictions.js'

/** Far more than any scenario needs; nested merges can expand without limit. */
const MAX_MERGED_NODES = 10_000

/**
 * Replaces every `<<: *anchor` by a copy of the entries that the mapping does not have itself, so that they can be located and
 * overridden like others. Of a list of mappings, the first that has a key wins (https://yaml.org/type/merge.html).
 */
export function expandMergeKeys(document: Document): Violation[] {
  const violations: Violation[] = []
  let nodesLeft = MAX_MERGED_NODES
  visit(document, {
    Map: (_key, map, ancestors) => {
      for (let merge = mergeOf(map); merge !== undefined; merge = mergeOf(map)) {
        const sources = sourcesOf(merge).map((source) =>
          isAlias(source) ? source.resolve(document) : source,
        )
        map.items.splice(map.items.indexOf(merge), 1)
        const mappings = sources.filter((source) => isMap(source) && !ancestors.includes(source)) as YAMLMap[]
        nodesLeft -= addMissing(map, mappings, nodesLeft)
        if (mappings.length === sources.length && nodesLeft >= 0) continue
        violations.push({ offset: offsetOf(merge.key), ...(nodesLeft < 0 ? tooMany : unmergeable) })
        if (nodesLeft < 0) return visit.BREAK
      }
      return undefined
    },
  })
  return violations
}

const unmergeable = {
  what: '<< can’t merge this',
  expected: 'a mapping, an *alias of one, or a list of these',
}
const tooMany = { what: '<< expands to too many nodes', expected: `at most ${MAX_MERGED_NODES}` }

function mergeOf(map: YAMLMap): Pair | undefined {
  return map.items.find((pair) => keyOf(pair) === '<<')
}

function sourcesOf({ value }: Pair): readonly unknown[] {
  return isSeq(value) ? value.items : [value]
}

/** The number of nodes that were copied; nothing more is copied once they are more than `limit`. */
function addMissing(map: YAMLMap, mappings: readonly YAMLMap[], limit: number): number {
  const present = new Set(map.items.map(keyOf))
  let copied = 0
  for (const pair of mappings.flatMap(({ items }) => items)) {
    if (present.has(keyOf(pair)) || copied > limit) continue
    present.add(keyOf(pair))
    const copy = pair.clone()
    copied += withoutAnchors(copy)
    map.items.push(copy)
  }
  return copied
}

/** Returns the number of nodes. An anchor of a copy would hide that of the original. */
function withoutAnchors({ key, value }: Pair): number {
  let nodes = 0
  for (const part of [key, value])
    visit(part as YAMLMap | null, {
      Node: (_key, node) => {
        nodes += 1
        if (!isAlias(node)) delete node.anchor
      },
    })
  return nodes
}
