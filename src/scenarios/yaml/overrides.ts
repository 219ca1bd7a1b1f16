import { isMap, isScalar, isSeq, type Node, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { optionProblem, type ProblemDetails } from './scenario-error.js'
import { mentionsSecret } from './secrets.js'
import { parseYaml, type Source } from './source.js'
import { removeInvalidKeys } from './yaml-restrictions.js'

/** A `path=value`, and the option that its problems are reported for. A plain string comes from `--set`. */
export type Override = string | { readonly text: string; readonly option: string }

type Step = string | number
/** `traffic[0].rate` */
export const pathGrammar = /^[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z][A-Za-z0-9_-]*|\[[0-9]{1,6}\])*$/

/**
 * Applies one `--set path=value` to the scenario's YAML, before validation: `traffic[0].rate=5/s`. The value is parsed as YAML.
 * `path+=value` appends to a list. Problems with the option are added to the source's problems.
 */
export function applyOverride(source: Source, given: Override): void {
  const { text: override, option } =
    typeof given === 'string' ? { text: given, option: `--set ${given}` } : given
  const report = (details: ProblemDetails) => source.problems.push(optionProblem(option, details))
  const equals = override.indexOf('=')
  const isAppended = override[equals - 1] === '+'
  const path = override.slice(0, Math.max(0, isAppended ? equals - 1 : equals)).trim()
  const pair = isAppended ? null : shortFormOf(path, override.slice(equals + 1))
  if (pair) {
    for (const [key, value] of Object.entries(pair))
      applyOverride(source, { text: `${path}.${key}=${value}`, option })
    return
  }
  if (!pathGrammar.test(path)) {
    report({
      what: equals < 0 ? 'no = between path and value' : `invalid path "${path}"`,
      expected: 'path=value, such as traffic[0].rate=5/s, or path+=value to append to a list',
    })
    return
  }
  const value = parseValue(override.slice(equals + 1))
  if (typeof value === 'string') {
    report({
      what: mentionsSecret(override) ? 'the value is not valid YAML' : value,
      expected: 'a YAML value, such as 50k, [a, b] or { base: 1s }',
    })
    return
  }
  const steps = toSteps(path)
  const problem = isAppended ? append(source, steps, value, option) : put(source, steps, value, option)
  if (problem) report(problem)
}

/**
 * `cluster.balancer=nginx:ip-hash` sets kind and strategy, `cluster.balancer=nginx` the kind; both keep all else of the
 * balancer.
 */
export function shortFormOf(
  path: string,
  value: string,
): { readonly kind: string; readonly strategy?: string } | null {
  const pattern = /^([^\s:{}[\]]+)(?::([^\s:{}[\]]+))?$/
  const match = path === 'cluster.balancer' ? pattern.exec(value.trim()) : null
  if (!match) return null
  const [, kind, strategy] = match
  return { kind: kind!, ...(strategy === undefined ? {} : { strategy }) }
}

/** The parsed node, or what is wrong with the text. */
function parseValue(text: string): Node | string {
  const document = parseYaml(text)
  if (document === null) return 'nested too deeply'
  const [error] = [...document.errors, ...document.warnings]
  if (error) return error.message
  const [violation] = removeInvalidKeys(document)
  if (violation) return violation.what
  const { contents } = document
  if ((isMap(contents) || isSeq(contents)) && !contents.flow)
    return 'block-style YAML is not supported on the command line'
  return contents ?? new Scalar(null)
}

function toSteps(path: string): Step[] {
  return path.split(/[.[]/).map((step) => (step.endsWith(']') ? Number(step.slice(0, -1)) : step))
}

function put(source: Source, steps: readonly Step[], value: Node, option: string): ProblemDetails | null {
  const { document } = source
  document.contents ??= new YAMLMap()
  let container: unknown = document.contents
  for (const [depth, step] of steps.entries()) {
    const problem = mismatch(container, step, steps.slice(0, depth))
    if (problem) return problem
    const collection = container as YAMLMap | YAMLSeq
    const isLast = depth === steps.length - 1
    const existing: unknown = collection.get(step, true)
    if (isLast || existing === undefined || (isScalar(existing) && existing.value === null)) {
      const next = isLast ? value : new YAMLMap()
      source.markOverride(next, option)
      // The key must be a node, so that Source.locate finds it.
      collection.set(new Scalar(step), next)
      container = next
    } else {
      container = existing
    }
  }
  return null
}

/** Adds an entry to the list at `steps`, or each entry of a list; where there is none yet, begins one. */
function append(source: Source, steps: readonly Step[], value: Node, option: string): ProblemDetails | null {
  const existing: unknown = source.document.getIn(steps, true)
  const isNothing = existing === undefined || (isScalar(existing) && existing.value === null)
  if (isNothing) {
    const problem = put(source, steps, new YAMLSeq(), option)
    return problem ?? append(source, steps, value, option)
  }
  if (!isSeq(existing)) return { what: `${toPath(steps)} is not a list`, expected: 'a list before +=' }
  for (const entry of isSeq(value) ? (value.items as Node[]) : [value]) {
    source.markOverride(entry, option)
    existing.items.push(entry)
  }
  return null
}

function mismatch(container: unknown, step: Step, above: readonly Step[]): ProblemDetails | null {
  const name = toPath(above)
  if (typeof step === 'string')
    return isMap(container) ? null : { what: `${name} has no keys`, expected: 'a mapping there' }
  if (!isSeq(container)) return { what: `${name} is not a list`, expected: 'a list before [' }
  if (step < container.items.length) return null
  const last = container.items.length - 1
  return {
    what: `${name} has no entry [${step}]`,
    expected: last < 0 ? 'no index, because the list is empty' : `an index from 0 to ${last}`,
  }
}

function toPath(steps: readonly Step[]): string {
  if (steps.length === 0) return 'the scenario'
  return steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1)
}
