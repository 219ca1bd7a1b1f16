import { type Alias, type Document, isScalar, type Pair, visit, type YAMLMap } from 'yaml'
import type { ProblemDetails } from './scenario-error.js'

/** Valid YAML that is not allowed in a scenario. */
export interface Violation extends ProblemDetails {
  readonly offset: number
}

export const MAX_ALIASES = 100
const forbiddenKeys: readonly unknown[] = ['__proto__', 'constructor', 'prototype']

/** Finds duplicate keys, and keys with a special meaning in JavaScript; the latter are removed from the document. */
export function removeInvalidKeys(document: Document): Violation[] {
  const violations: Violation[] = []
  visit(document, {
    Map: (_key, map) => {
      violations.push(...duplicateKeys(map))
    },
    Pair: (_key, pair) => {
      if (!forbiddenKeys.includes(keyOf(pair))) return undefined
      violations.push({
        offset: offsetOf(pair.key),
        what: `key "${keyOf(pair)}" is not allowed`,
        hint: 'remove it',
      })
      return visit.REMOVE
    },
  })
  return violations
}

/** Aliases without an anchor, or too many aliases. */
export function invalidAliases(document: Document): Violation[] {
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

// The library's own check compares all pairs of keys, which takes a minute for a file full of short keys.
function duplicateKeys(map: YAMLMap): Violation[] {
  const seen = new Set<unknown>()
  return map.items.flatMap((pair) => {
    const key = keyOf(pair)
    if (!seen.has(key)) {
      seen.add(key)
      return []
    }
    return [{ offset: offsetOf(pair.key), what: `duplicate key "${key}"`, hint: 'keep one of the two' }]
  })
}

export function keyOf(pair: Pair): unknown {
  return isScalar(pair.key) ? pair.key.value : pair.key
}

export function offsetOf(node: unknown): number {
  return (node as { range?: readonly number[] } | undefined)?.range?.[0] ?? 0
}
