import type { z } from 'zod'
import type { IssueDetails } from '../../base/fields.js'
import { nearest } from '../../base/nearest.js'
import { knownKeys, property } from './known-keys.js'
import { isSecretName } from './secrets.js'

export type Path = readonly PropertyKey[]

/** A problem at a path of the scenario, not yet located in the file. */
export interface Issue {
  readonly path: Path
  /** Whether the key at `path` is wrong, rather than its value. */
  readonly isAboutKey: boolean
  readonly what: string
  readonly expected?: string | undefined
  readonly hint?: string | undefined
  /** The value may be a secret: the message must not quote the option that set it. */
  readonly isSecret?: true
}

/** An issue with the value at `path`. */
export function issueAt(path: Path, what: string, expected: string, hint?: string): Issue {
  return { path, isAboutKey: false, what, expected, hint }
}

/** Explains a zod issue: what is wrong, what was expected, and what was probably meant. `root` is the parsed scenario. */
export function explainIssue(issue: z.core.$ZodIssue, root: unknown, schema: z.ZodType): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, issue.path, root)
    return issue.keys.map((key) => unknownKey(issue.path, key, known))
  }
  const chosen = issue.code === 'invalid_union' ? chosenBranch(issue) : undefined
  if (chosen) {
    const located = chosen.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
    return located.flatMap((inner) => explainIssue(inner, root, schema))
  }
  const value = issue.path.reduce(property, root)
  const details: IssueDetails = issue.code === 'custom' ? (issue.params ?? {}) : {}
  const name = showPath(issue.path)
  const what =
    value === undefined
      ? `${name} is missing`
      : `${name} is ${isSecret(issue.path) ? 'hidden, because it looks like a secret' : show(value)}`
  return [
    {
      path: issue.path,
      isAboutKey: false,
      what: details.what ? `${name}: ${details.what}` : what,
      expected: details.what ? undefined : (details.expected ?? expectation(issue)),
      hint: details.hint ?? suggest(value, allowedBy(issue)),
    },
  ]
}

/** For a mapping where a mapping or another type is allowed: the issues of the mapping. Undefined for other values. */
function chosenBranch({ errors }: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[] | undefined {
  const others = errors.filter((issues) =>
    issues.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  )
  return others.length < errors.length && others.length > 0
    ? errors.find((issues) => !others.includes(issues))
    : undefined
}

/** `traffic[0].channel.name`; `scenario` for the root. */
export function showPath(path: Path): string {
  if (path.length === 0) return 'scenario'
  return path.reduce<string>(
    (shown, key) =>
      typeof key === 'number' ? `${shown}[${key}]` : shown === '' ? String(key) : `${shown}.${String(key)}`,
    '',
  )
}

function isSecret(path: Path): boolean {
  return path.some((key) => typeof key === 'string' && isSecretName(key))
}

function unknownKey(path: Path, key: string, known: readonly string[]): Issue {
  return {
    path: [...path, key],
    isAboutKey: true,
    what: `unknown key ${JSON.stringify(key)}${path.length === 0 ? '' : ` in ${showPath(path)}`}`,
    expected: `one of ${known.join(', ')}`,
    hint: suggest(key, known) ?? 'this version has no such setting; remove it',
  }
}

function expectation(issue: z.core.$ZodIssue): string {
  const allowed = allowedBy(issue)
  if (allowed.length > 0) return allowed.length === 1 ? `${allowed[0]}` : `one of ${allowed.join(', ')}`
  if (issue.message.startsWith('expected ')) return issue.message.slice('expected '.length)
  if (issue.code === 'invalid_format' && issue.pattern) return `text like ${issue.pattern}`
  if (issue.code === 'too_small') return `at least ${issue.minimum}`
  if (issue.code === 'too_big') return `at most ${issue.maximum}`
  return issue.code === 'invalid_type' ? (typeNames[issue.expected] ?? `a ${issue.expected}`) : issue.message
}

const typeNames: Readonly<Record<string, string>> = {
  object: 'a mapping (key: value)',
  array: 'a list',
  string: 'text',
  int: 'a whole number',
}

function allowedBy(issue: z.core.$ZodIssue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  const { options } = issue as { options?: readonly unknown[] }
  return issue.code === 'invalid_union' && Array.isArray(options)
    ? options.filter((option) => option !== undefined).map(String)
    : []
}

function suggest(value: unknown, candidates: readonly string[]): string | undefined {
  const meant = typeof value === 'string' ? nearest(value, candidates) : undefined
  return meant === undefined ? undefined : `did you mean ${JSON.stringify(meant)}?`
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (value === null) return 'empty'
  if (typeof value === 'object') return 'a mapping'
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text
}
