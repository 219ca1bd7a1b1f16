import { type Override, pathGrammar } from '../scenarios/yaml/overrides.js'
import { optionProblem, type Problem } from '../scenarios/yaml/scenario-error.js'

/** What `--over path=a,b` varies. */
export interface Axis {
  readonly path: string
  /** As they were typed. */
  readonly values: readonly string[]
}

/** One combination of the values, as overrides of the scenario. */
export interface Cell {
  readonly name: string
  readonly overrides: readonly Override[]
}

export interface Matrix {
  readonly axes: readonly Axis[]
  readonly cells: readonly Cell[]
  /** Of the options only; a value that is wrong for its path is found when its cell is loaded. */
  readonly problems: readonly Problem[]
}

/** More would run for hours, and make a table that is too long to read. */
const MOST_CELLS = 64

/** The product of all `--over path=value,value…`, the last axis varying fastest; with every problem of the options. */
export function expandMatrix(options: readonly string[]): Matrix {
  const problems: Problem[] = []
  const axes = options.flatMap((option) => {
    const axis = parseAxis(option)
    problems.push(...problemsOf(option, axis))
    return axis ? [{ ...axis, values: axis.values.filter(Boolean) }] : []
  })
  problems.push(...repeatedPaths(axes))
  const tooMany = tooManyCells(axes)
  return { axes, cells: tooMany.length > 0 ? [] : cellsOf(axes), problems: [...problems, ...tooMany] }
}

function parseAxis(option: string): Axis | null {
  const equals = option.indexOf('=')
  const path = option.slice(0, Math.max(0, equals)).trim()
  return pathGrammar.test(path) ? { path, values: splitValues(option.slice(equals + 1)) } : null
}

function problemsOf(option: string, axis: Axis | null): Problem[] {
  const problem = (what: string, expected: string) => optionProblem(`--over ${option}`, { what, expected })
  if (!axis) {
    const what = option.includes('=')
      ? `bad path "${option.split('=', 1)[0]}"`
      : 'no = between path and values'
    return [problem(what, 'path=value,value…, such as cluster.nodes=2,4')]
  }
  const repeated = axis.values.find((value, index) => axis.values.indexOf(value) !== index)
  return [
    ...(axis.values.includes('') ? [problem('an empty value', 'values between the commas')] : []),
    ...(repeated ? [problem(`value ${repeated} is given twice`, 'each value once')] : []),
  ]
}

function repeatedPaths(axes: readonly Axis[]): Problem[] {
  const paths = axes.map(({ path }) => path)
  const repeated = axes.filter(({ path }, index) => paths.indexOf(path) < index)
  return repeated.map(({ path, values }) =>
    optionProblem(`--over ${path}=${values.join(',')}`, {
      what: 'the path is given twice',
      expected: `all its values in one --over ${path}=…`,
    }),
  )
}

function tooManyCells(axes: readonly Axis[]): Problem[] {
  const count = axes.reduce((product, { values }) => product * values.length, 1)
  if (count <= MOST_CELLS) return []
  return [optionProblem('--over', { what: `${count} cells`, expected: `at most ${MOST_CELLS}` })]
}

function cellsOf(axes: readonly Axis[]): Cell[] {
  const nameOf = axisNames(axes)
  let cells: Cell[] = [{ name: '', overrides: [] }]
  for (const { path, values } of axes) {
    cells = cells.flatMap(({ name, overrides }) =>
      values.map((value) => ({
        name: [name, nameOf(path, value)].filter(Boolean).join(' '),
        overrides: [...overrides, ...overridesOf(path, value)],
      })),
    )
  }
  return cells
}

/** `nginx:ip-hash`, `nodes=4`; the whole path where two axes have the same last key. */
function axisNames(axes: readonly Axis[]): (path: string, value: string) => string {
  const lastStep = (path: string) => path.slice(path.lastIndexOf('.') + 1)
  const ends = axes.map(({ path }) => lastStep(path))
  return (path, value) => {
    if (shorthandOf(path, value)) return value
    const end = lastStep(path)
    return `${ends.indexOf(end) === ends.lastIndexOf(end) ? end : path}=${value}`
  }
}

function overridesOf(path: string, value: string): Override[] {
  const option = `--over ${path}=${value}`
  const pair = shorthandOf(path, value)
  if (!pair) return [{ text: `${path}=${value}`, option }]
  return Object.entries(pair).map(([key, text]) => ({ text: `${path}.${key}=${text}`, option }))
}

/** `cluster.balancer=nginx:ip-hash` sets kind and strategy, `cluster.balancer=nginx` the kind; both keep all else of the balancer. */
function shorthandOf(
  path: string,
  value: string,
): { readonly kind: string; readonly strategy?: string } | null {
  const match = path === 'cluster.balancer' ? /^([^\s:{}[\]]+)(?::([^\s:{}[\]]+))?$/.exec(value) : null
  if (!match) return null
  const [, kind, strategy] = match
  return { kind: kind!, ...(strategy === undefined ? {} : { strategy }) }
}

const closers: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"', "'": "'" }

/**
 * Splits a comma-separated list, and trims its values; commas within {}, [] and quotes are part of a value. A bracket or
 * quote that is not closed extends to the end: the YAML parser will report it.
 */
export function splitValues(text: string): string[] {
  const values = ['']
  const open: string[] = []
  for (const character of text) {
    const closer = open.at(-1)
    const isQuoted = closer === '"' || closer === "'"
    if (character === closer) open.pop()
    else if (!isQuoted && character in closers) open.push(closers[character]!)
    if (character === ',' && open.length === 0) values.push('')
    else values[values.length - 1] += character
  }
  return values.map((value) => value.trim())
}
