import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { usageError } from '../base/errors.js'
import { checkPlaceholders } from './checks/check-placeholders.js'
import { resolveTarget } from './checks/check-target.js'
import { checkAcross } from './checks/checks.js'
import { draftOf } from './checks/draft.js'
import { setsTarget, withoutCluster } from './replace-cluster.js'
import { type Scenario, scenarioSchema } from './schema.js'
import { findScenario } from './yaml/bundled.js'
import { explainIssue, type Issue } from './yaml/explain-issue.js'
import { applyOverride, type Override } from './yaml/overrides.js'
import { type Problem, ScenarioError } from './yaml/scenario-error.js'
import { Source } from './yaml/source.js'

/**
 * Reads a scenario by path or bundled name, applies the overrides (`traffic[0].rate=5/s`), and validates it. Throws a
 * ScenarioError with all problems, each located in the file or at the option that caused it.
 */
export function loadScenario(pathOrName: string, overrides: readonly Override[] = []): Scenario {
  const file = findScenario(pathOrName)
  return parseScenario(readText(file), { file, overrides })
}

/** What a valid scenario's YAML says, with the overrides and without any default, and the file that it is in. */
export function scenarioData(
  pathOrName: string,
  overrides: readonly Override[] = [],
): { readonly file: string; readonly data: unknown } {
  const file = findScenario(pathOrName)
  const text = readText(file)
  parseScenario(text, { file, overrides })
  const source = new Source(file, text)
  for (const override of overrides) applyOverride(source, override)
  return { file, data: source.toData() }
}

/** As `loadScenario`, for a scenario given as text; `file` is the name in error messages. */
export function parseScenario(
  text: string,
  { file, overrides = [] }: { readonly file: string; readonly overrides?: readonly Override[] },
): Scenario {
  const source = new Source(file, text)
  const leftOut = source.isReadable && setsTarget(overrides) ? withoutCluster(source.document) : []
  if (source.isReadable) for (const override of overrides) applyOverride(source, override)
  const data = source.isReadable ? source.toData() : null
  if (!source.isReadable) throw scenarioError(source, [])
  const parsed = scenarioSchema.safeParse(data)
  const zodIssues = parsed.success ? [] : parsed.error.issues
  const issues = [
    ...zodIssues.flatMap((issue) => explainIssue(issue, data, scenarioSchema)),
    ...checkAcross(draftOf(data)),
  ]
  if (!parsed.success || source.problems.length + issues.length > 0) throw scenarioError(source, issues)
  const resolved = resolveTarget(parsed.data, dirname(file))
  const missing = [...resolved.issues, ...checkPlaceholders(resolved.scenario, process.env)]
  if (missing.length > 0) throw scenarioError(source, missing)
  return leftOut.length === 0 ? resolved.scenario : { ...resolved.scenario, leftOut }
}

/** A hostile file could have millions of problems. */
const MAX_PROBLEMS = 100

function scenarioError(source: Source, issues: readonly Issue[]): ScenarioError {
  const located = issues.slice(0, MAX_PROBLEMS).map((issue) => locate(source, issue))
  const redactedLocations = new Set(
    located.filter((_, index) => issues[index]?.isSecret).map(({ where }) => where),
  )
  const shown = [...source.problems, ...located].map((problem) =>
    problem.line === null && redactedLocations.has(problem.where)
      ? { ...problem, where: problem.where.replace(/=.*/s, '=…') }
      : problem,
  )
  const problems = inOrder(shown).slice(0, MAX_PROBLEMS)
  return new ScenarioError(problems, source.problems.length + issues.length - problems.length)
}

function locate(source: Source, { path, isAboutKey, what, expected, hint }: Issue): Problem {
  return source.locate(path, isAboutKey, { what, expected: expected ?? null, hint: hint ?? null })
}

/** In file order; problems of the command line come last. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const end = Number.POSITIVE_INFINITY
  return problems.toSorted((one, other) => {
    const lines = (one.line ?? end) - (other.line ?? end)
    return Number.isNaN(lines) ? 0 : lines || (one.column ?? 0) - (other.column ?? 0)
  })
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw usageError(`cannot read ${file}: ${(error as Error).message}`, undefined, error)
  }
}
