import { type Alias, type Document, isScalar, type Pair, visit, type YAMLMap } from 'yaml'
import type { ProblemDetails } from './scenario-error.js'

/** Something valid YAML may say and a scenario may not. */
export interface Refusal extends ProblemDetails {
  readonly offset: number
}

export const MAX_ALIASES = 100
const forbiddenKeys: readonly unknown[] = ['__proto__', 'constructor', 'prototype']

/** Keys there twice, and keys that JavaScript gives a meaning of its own, which are taken out of the document. */
export function refuseKeys(document: Document): Refusal[] {
  const refusals: Refusal[] = []
  visit(document, {
    Map: (_key, map) => {
      refusals.push(...repeatedKeys(map))
    },
    Pair: (_key, pair) => {
      if (!forbiddenKeys.includes(keyOf(pair))) return undefined
      refusals.push({
        offset: offsetOf(pair.key),
        what: `key "${keyOf(pair)}" is not allowed`,
        hint: 'remove it',
      })
      return visit.REMOVE
    },
  })
  return refusals
}

/** Aliases to nothing, or too many to look each up. */
export function refuseAliases(document: Document): Refusal[] {
  const aliases: Alias[] = []
  visit(document, {
    Alias: (_key, alias) => {
      aliases.push(alias)
    },
  })
  if (aliases.length > MAX_ALIASES) {
    return [{ offset: offsetOf(aliases[0]), what: 'too many *aliases', expected: `at most ${MAX_ALIASES}` }]
  }
  return aliases
    .filter((alias) => alias.resolve(document) === undefined)
    .map((alias) => ({ offset: offsetOf(alias), what: `*${alias.source} has no anchor before it` }))
}

// The library's own check compares every key with every other: a minute for a file of short keys.
function repeatedKeys(map: YAMLMap): Refusal[] {
  const seen = new Set<unknown>()
  return map.items.flatMap((pair) => {
    const key = keyOf(pair)
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    return [{ offset: offsetOf(pair.key), what: `key "${key}" is there twice`, hint: 'keep one of the two' }]
  })
}

function keyOf(pair: Pair): unknown {
  return isScalar(pair.key) ? pair.key.value : pair.key
}

function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] } | undefined)?.range?.[0] ?? 0
}
