import { z } from 'zod'
import { differencesOf } from '../comparison/differences.js'
import type { Result } from '../result.js'
import { list, object, text } from '../schema.js'

/** Kinds of difference that keep results from being held against each other. */
export const differenceKinds = ['machine', 'scenario', 'embedded'] as const
export type DifferenceKind = (typeof differenceKinds)[number]

export const kindOfDifferenceSchema = object({
  path: text,
  values: list(text),
  /** Null: it is reported, but does not keep results from being compared. */
  kind: z.enum(differenceKinds).nullable(),
})
export interface KindOfDifference extends z.output<typeof kindOfDifferenceSchema> {}

/** What must be known but keeps nobody from comparing: it may be just what the comparison is about. */
const toBeTold = /^(balancer version|broker version|wsbench|description)$|^(gate |validity\.)/

/** Where results differ in what was run, and on what. */
export function incompatibilityOf(results: readonly Result[]): KindOfDifference[] {
  const isSubstituted = ['balancer', 'broker'].filter(
    (part) => new Set(results.map((result) => isEmbedded(result, part))).size > 1,
  )
  return differencesOf(results).map((difference) => ({
    ...difference,
    kind: kindOf(difference.path, isSubstituted),
  }))
}

function isEmbedded({ cluster }: Result, part: string): boolean {
  return (part === 'balancer' ? cluster.balancer : cluster.broker)?.isEmbedded ?? false
}

function kindOf(path: string, isSubstituted: readonly string[]): DifferenceKind | null {
  if (toBeTold.test(path)) return null
  if (path.startsWith('machine.')) return 'machine'
  return isSubstituted.some((part) => path.startsWith(`cluster.${part}.`)) ? 'embedded' : 'scenario'
}
