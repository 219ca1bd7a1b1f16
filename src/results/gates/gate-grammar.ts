import { usageError, type WsbenchError } from '../../base/errors.js'
import { nearest } from '../../base/nearest.js'
import { connectFailures, isConnectFailure } from '../connect-failures.js'
import { expectedQuantity, parseQuantity } from '../units.js'
import type { Metric, Selector, SelectorKey } from './metric.js'
import { metrics } from './metrics.js'

/** A condition that a run must meet. */
export interface Gate {
  readonly expression: string
  /** Name of a metric. */
  readonly metric: string
  readonly selector: Selector
  readonly operator: Operator
  /** In the metric's unit. */
  readonly bound: number
  /** Whole seconds; every window of that length must meet it. Null: the run as a whole must. */
  readonly windowMs: number | null
}

export const operators = {
  '<': { passes: (value: number, bound: number) => value < bound, words: 'limit' },
  '<=': { passes: (value: number, bound: number) => value <= bound, words: 'limit' },
  '>': { passes: (value: number, bound: number) => value > bound, words: 'must exceed' },
  '>=': { passes: (value: number, bound: number) => value >= bound, words: 'must be at least' },
  '==': { passes: (value: number, bound: number) => value === bound, words: 'must be' },
  '!=': { passes: (value: number, bound: number) => value !== bound, words: 'must not be' },
} as const

type Operator = keyof typeof operators

const SECOND_MICROS = 1_000_000

/**
 * Reads `metric{key=value} operator quantity [over window]`, such as `latency.p99{phase=steady} < 50ms over 10s`. Throws
 * a usage error with the column, what is wrong there, and what was likely meant.
 */
export function parseGate(expression: string): Gate {
  const scanner = new Scanner(expression)
  const metric = readMetric(scanner)
  const selector = readSelector(scanner, metric)
  const operator = readOperator(scanner)
  const bound = readBound(scanner, metric)
  const windowMs = readWindow(scanner, metric, selector)
  return { expression, metric: metric.name, selector, operator, bound, windowMs }
}

/** Reads `metric{key=value}` alone; `what` names the option in errors. Throws as `parseGate` does. */
export function parseMeasure(
  text: string,
  what: string,
): { readonly metric: Metric; readonly selector: Selector } {
  const scanner = new Scanner(text, what)
  const metric = readMetric(scanner)
  const selector = readSelector(scanner, metric)
  if (!scanner.take(/\S.*/s)) return { metric, selector }
  throw scanner.error('taken', `expected nothing after ${metric.name}`, 'one metric at a time')
}

class Scanner {
  #position = 0
  #tokenStart = 0

  constructor(
    readonly text: string,
    readonly what = 'gate',
  ) {}

  /** The text that matches here, trimmed; the next take starts after it. */
  take(pattern: RegExp): string | undefined {
    this.#position += /^\s*/.exec(this.text.slice(this.#position))![0].length
    const match = pattern.exec(this.text.slice(this.#position))
    if (match?.index !== 0) return undefined
    this.#tokenStart = this.#position
    this.#position += match[0].length
    return match[0].trim()
  }

  /** An error about the token last taken, or about the place where one was expected. */
  error(about: 'taken' | 'next', message: string, hint: string): WsbenchError {
    const column = 1 + (about === 'taken' ? this.#tokenStart : this.#position)
    return usageError(`${this.what} "${this.text}", column ${column}: ${message}`, hint)
  }
}

function readMetric(scanner: Scanner): Metric {
  const name = scanner.take(/[A-Za-z0-9_.]+/)
  if (!name)
    throw scanner.error('next', 'expected a metric', 'a gate reads: latency.p99{phase=steady} < 50ms')
  const metric = metrics.get(name)
  if (!metric) throw scanner.error('taken', `no metric ${name}`, suggestMetric(name))
  return metric
}

function suggestMetric(name: string): string {
  const names = [...metrics.keys()]
  const near = nearest(name, names)
  if (near) return `did you mean ${near}?`
  const group = name.split('.')[0]!
  const siblings = names.filter((candidate) => candidate.startsWith(`${group}.`))
  const groups = [...new Set(names.map((candidate) => candidate.split('.')[0]))]
  return siblings.length > 0 ? `there is ${siblings.join(', ')}` : `metrics begin with ${groups.join(', ')}`
}

function readSelector(scanner: Scanner, metric: Metric): Selector {
  const example = `${metric.name}{${metric.selectors[0]}=…}`
  if (!scanner.take(/\{/)) {
    if (!metric.needsSelector) return null
    throw scanner.error('next', `${metric.name} needs a selector`, `write ${example}`)
  }
  const key = readSelectorKey(scanner, metric)
  if (!scanner.take(/=/)) throw scanner.error('next', `expected = after ${key}`, `write {${key}=…}`)
  const value = scanner.take(/[^{},]+/)
  if (!value) throw scanner.error('next', `expected which ${key}`, `write {${key}=…}`)
  const problem = problemWith[key]?.(value)
  if (problem) throw scanner.error('taken', problem.what, problem.hint)
  if (scanner.take(/,/)) throw scanner.error('taken', 'one selector at a time', 'write a gate for each')
  if (!scanner.take(/\}/)) throw scanner.error('next', 'expected }', `write ${metric.name}{${key}=${value}}`)
  return { key, value }
}

interface ValueProblem {
  readonly what: string
  readonly hint: string
}

/** For keys whose possible values are the same in every run. */
const problemWith: Partial<Record<SelectorKey, (value: string) => ValueProblem | null>> = {
  code: (value) =>
    /^[1-4]\d{3}$/.test(value)
      ? null
      : { what: `${value} is no close code`, hint: 'write a number from 1000 to 4999' },
  kind(value) {
    if (isConnectFailure(value)) return null
    const near = nearest(value, connectFailures)
    const all = `one of ${connectFailures.join(', ')}, http-503 (or another status), errno-…`
    return { what: `connects do not fail with ${value}`, hint: near ? `did you mean ${near}?` : all }
  },
}

function readSelectorKey(scanner: Scanner, metric: Metric): SelectorKey {
  const word = scanner.take(/[A-Za-z]+/)
  const key = metric.selectors.find((candidate) => candidate === word)
  if (key) return key
  const about = word ? 'taken' : 'next'
  if (metric.selectors.length === 0) {
    throw scanner.error(about, `${metric.name} takes no selector`, `write it without {…}`)
  }
  const near = nearest(word ?? '', metric.selectors)
  const hint = near ? `did you mean ${near}?` : `${metric.name} takes ${metric.selectors.join(', ')}`
  throw scanner.error(about, word ? `${metric.name} takes no selector ${word}` : 'expected a selector', hint)
}

function readOperator(scanner: Scanner): Operator {
  const word = scanner.take(/[<>=!]+/)
  if (word && Object.hasOwn(operators, word)) return word as Operator
  const hint = `one of ${Object.keys(operators).join(' ')}`
  throw word
    ? scanner.error('taken', `no operator ${word}`, hint)
    : scanner.error('next', 'expected an operator', hint)
}

function readBound(scanner: Scanner, metric: Metric): number {
  const text = scanner.take(/.+?(?=\sover\b|$)/s)
  const bound = text === undefined ? null : parseQuantity(text, metric.unit)
  if (bound !== null) return bound
  const expected = `expected ${expectedQuantity(metric.unit)}`
  throw text
    ? scanner.error('taken', `can't compare ${metric.name} with ${text}`, expected)
    : scanner.error('next', 'expected what to compare with', expected)
}

function readWindow(scanner: Scanner, metric: Metric, selector: Selector): number | null {
  if (!scanner.take(/over\b/)) return null
  if (!metric.inSeconds) {
    const able = [...metrics.values()].filter(({ inSeconds }) => inSeconds).map(({ name }) => name)
    throw scanner.error(
      'taken',
      `${metric.name} is known for the whole run only`,
      `write it without over …; windows are for ${able.join(', ')}`,
    )
  }
  if (selector && !metric.inSeconds.selectors.includes(selector.key)) {
    const hint = `leave out {${selector.key}=…} or the window`
    throw scanner.error('taken', `${metric.name} by ${selector.key} is known for the whole run only`, hint)
  }
  const text = scanner.take(/.+/s)
  const micros = text === undefined ? null : parseQuantity(text, 'micros')
  if (micros !== null && micros >= SECOND_MICROS && micros % SECOND_MICROS === 0) return micros / 1000
  const hint = 'expected whole seconds, such as 10s'
  throw text
    ? scanner.error('taken', `no window of ${text}`, hint)
    : scanner.error('next', 'expected the length of the window', hint)
}
