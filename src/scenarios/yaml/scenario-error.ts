import { WsbenchError } from '../../base/errors.js'
import { escapeText } from '../../base/escape.js'
import { withoutSecrets } from './secrets.js'

/** One problem with a scenario, and where it is. */
export interface Problem {
  /** `smoke.yaml:12:5`, or `--set traffic[0].rate=fast`. */
  readonly where: string
  /** Starts at 1; null if the problem is not in the file. */
  readonly line: number | null
  readonly column: number | null
  readonly what: string
  readonly expected: string | null
  readonly hint: string | null
}

/** All problems of a scenario, in file order; `omitted` is the number of further ones that are not listed. Exit 2. */
export class ScenarioError extends WsbenchError {
  readonly problems: readonly Problem[]

  constructor(given: readonly Problem[], omitted = 0) {
    const problems = given.map(withSecretsRemoved)
    const more = omitted > 0 ? [`and ${omitted} more problems`] : []
    super([...problems.map(formatProblem), ...more].join('\n'), { exit: 'usage' })
    this.name = 'ScenarioError'
    this.problems = problems
  }
}

/** The text at fault may contain a secret. */
function withSecretsRemoved({ where, what, line, ...rest }: Problem): Problem {
  return { ...rest, line, where: line === null ? withoutSecrets(where) : where, what: withoutSecrets(what) }
}

const LONGEST_CHARACTERS = 2_000

/** `where: what; expected …; hint: …` on one line. */
export function formatProblem({ where, what, expected, hint }: Problem): string {
  const line = `${where}: ${what}${expected ? `; expected ${expected}` : ''}${hint ? `; hint: ${hint}` : ''}`
  const shown = escapeText(line)
  return shown.length > LONGEST_CHARACTERS ? `${shown.slice(0, LONGEST_CHARACTERS)}…` : shown
}

export type ProblemDetails = Pick<Problem, 'what'> & Partial<Pick<Problem, 'expected' | 'hint'>>

/** A problem with a command-line option. `where` is the option: `--set clients.count=many`. */
export function optionProblem(where: string, details: ProblemDetails): Problem {
  return { where, line: null, column: null, expected: null, hint: null, ...details }
}
