import type { Result } from '../../results/result.js'

/** Contract of a rule about a result: evidence → explanation → change → what should improve. */
export interface ResultRule {
  readonly name: string
  /** What was seen in the result; null: the rule does not apply. */
  readonly evidence: (result: Result) => string | null
  readonly explanation: string
  readonly change: string
  /** The change on the reference cluster, as `--set path=value`. */
  readonly settings: (result: Result) => readonly string[]
  /** The metric that the change should make better. */
  readonly improves: string
}

export type ResultAdvice = Pick<ResultRule, 'name' | 'explanation' | 'change' | 'improves'> & {
  readonly evidence: string
  readonly settings: readonly string[]
}
