import { type Difference, differencesOf } from '../comparison/differences.js'
import type { Result } from '../result.js'

/** Kinds of difference that keep results from being held against each other. */
export const differenceKinds = ['machine', 'scenario', 'embedded'] as const
export type DifferenceKind = (typeof differenceKinds)[number]

export interface KindOfDifference extends Difference {
  /** Null: to be told, but no hindrance. */
  readonly kind: DifferenceKind | null
}

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
