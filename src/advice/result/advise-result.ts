import type { Result } from '../../results/result.js'
import type { ResultAdvice } from './rule.js'
import { resultRules } from './rules/index.js'

/** What the rules say about a result. Of an invalid run nothing can be said: its figures can't be trusted. */
export function adviseResult(result: Result): ResultAdvice[] {
  const { outcome } = result.verdict
  if (outcome === 'invalid' || outcome === 'interrupted') return []
  return resultRules.flatMap(({ name, explanation, change, improves, evidence, settings }) => {
    const found = evidence(result)
    if (found === null) return []
    return [{ name, explanation, change, improves, evidence: found, settings: settings(result) }]
  })
}
