import { WsbenchError } from '../../base/errors.js'
import { withoutSecrets } from './secrets.js'

/** One thing wrong with a scenario, and where. */
export interface Problem {
  /** `smoke.yaml:12:5`, or `--set traffic[0].rate=fast`. */
  readonly where: string
  /** From 1; null where the problem is not in the file. */
  readonly line: number | null
  readonly column: number | null
  readonly what: string
  readonly expected: string | null
  readonly hint: string | null
}

/** All that is wrong with a scenario at once, in order of place; `omitted` more are not told. Exit 2. */
export class ScenarioError extends WsbenchError {
  readonly problems: readonly Problem[]

  constructor(given: readonly Problem[], omitted = 0) {
    const problems = given.map(toldSafely)
    const more = omitted > 0 ? [`and ${omitted} more problems`] : []
    super([...problems.map(formatProblem), ...more].join('\n'), { exit: 'usage' })
    this.name = 'ScenarioError'
    this.problems = problems
  }
}

/** Without the secrets that a faulty line or option may hold. */
function toldSafely({ where, what, line, ...rest }: Problem): Problem {
  return { ...rest, line, where: line === null ? withoutSecrets(where) : where, what: withoutSecrets(what) }
}

/** `where: what; expected …; hint: …` on one line. */
export function formatProblem({ where, what, expected, hint }: Problem): string {
  return `${where}: ${what}${expected ? `; expected ${expected}` : ''}${hint ? `; hint: ${hint}` : ''}`
}

export type ProblemDetails = Pick<Problem, 'what'> & Partial<Pick<Problem, 'expected' | 'hint'>>

/** A problem of the command-line option that `where` repeats: `--set clients.count=many`. */
export function optionProblem(where: string, details: ProblemDetails): Problem {
  return { where, line: null, column: null, expected: null, hint: null, ...details }
}
