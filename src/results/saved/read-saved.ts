import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type { z } from 'zod'
import { usageError, WsbenchError } from '../../base/errors.js'
import { packageVersion } from '../../base/package-info.js'
import { entry } from '../../base/records.js'
import { type BaselineReport, baselineReportSchema } from '../baseline/baseline-report.js'
import { type ComparedCell, type Comparison, comparisonSchema } from '../comparison/comparison.js'
import { type MaxSearch, maxSearchSchema } from '../max-search/max-search.js'
import { type Result, resultSchema } from '../result.js'

/** What a file may hold; a result has no `kind`. */
export type Saved = SavedRuns | MaxSearch | BaselineReport

export type SavedRuns = Comparison | (Result & { readonly kind?: undefined })

const schemas: Readonly<Record<string, z.ZodType>> = {
  comparison: comparisonSchema,
  'find-max': maxSearchSchema,
  gate: baselineReportSchema,
}

/** As it will be read from its file, so that reports of both are identical. */
export function asSaved<Made extends Saved>(made: Made): Made {
  return JSON.parse(JSON.stringify(made))
}

const MAX_BYTES = 256 * 1024 ** 2

/** A cell for each saved result, named after its file, and the cells of saved comparisons. A single comparison is returned as it is. */
export function readSaved(files: readonly string[]): Comparison {
  const saved = files.map((file) => ({ file, content: readSavedRuns(file) }))
  const [only] = saved
  if (saved.length === 1 && only?.content.kind === 'comparison') return only.content
  return {
    version: 1,
    kind: 'comparison',
    tool: { name: 'wsbench', version: packageVersion },
    matrix: null,
    isInterrupted: false,
    cells: saved.flatMap(({ file, content }) => cellsOf(content, nameOf(file, files))),
  }
}

function cellsOf(content: SavedRuns, name: string): ComparedCell[] {
  if (content.kind !== 'comparison') return [{ name, runs: [content], failures: [] }]
  return content.cells.map((cell) => ({ ...cell, name: `${name} ${cell.name}` }))
}

/** The file's name, or its whole path if another file has the same name. */
function nameOf(file: string, files: readonly string[]): string {
  const isUnique = files.filter((other) => basename(other) === basename(file)).length === 1
  return isUnique ? basename(file).replace(/\.json$/, '') : file
}

/** As `readSavedFile`, but throws a usage error unless the file holds runs that can be compared. */
export function readSavedRuns(file: string): SavedRuns {
  const saved = readSavedFile(file)
  if (saved.kind === undefined || saved.kind === 'comparison') return saved
  const origin = saved.kind === 'gate' ? 'wsbench gate' : 'run --find-max'
  throw usageError(
    `${file} is a result of ${origin}; expected a run or a comparison`,
    `to show it: wsbench report ${file}`,
  )
}

/** Whatever was saved; throws a usage error about a file that holds anything else. */
export function readSavedFile(file: string): Saved {
  const content = parseJson(file, readText(file))
  const parsed = schemaOf(content)?.safeParse(content)
  // Not what was parsed: it has the schema's fields alone, in the schema's order.
  if (parsed?.success) return content as Saved
  const issue = parsed?.error.issues[0] ?? { path: ['kind'], message: 'expected one that wsbench writes' }
  const place = issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  throw refusal(`${file}: ${place}${issue.message}; not a result.json of wsbench, version 1`)
}

function schemaOf(content: unknown): z.ZodType | undefined {
  const { kind } = (content ?? {}) as { readonly kind?: unknown }
  return kind === undefined ? resultSchema : entry(schemas, String(kind))
}

function readText(file: string): string {
  try {
    const stats = statSync(file)
    if (!stats.isFile()) throw refusal(`${file} is not a file`)
    if (stats.size > MAX_BYTES) throw refusal(`${file}: ${stats.size} bytes; expected at most ${MAX_BYTES}`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof WsbenchError) throw error
    throw refusal(`cannot read ${file}: ${(error as Error).message}`, error)
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const { message } = error as Error
    throw refusal(`${file}${placeIn(text, message)}: not JSON: ${message}`, error)
  }
}

/** `:line:column` if the parser's message has a position, else nothing. */
function placeIn(text: string, message: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  if (position === undefined) return ''
  const before = text.slice(0, Number(position)).split('\n')
  return `:${before.length}:${before.at(-1)!.length + 1}`
}

function refusal(message: string, cause?: unknown): WsbenchError {
  const hint =
    'expected a file that --out json=… wrote; to compare runs of a scenario add --over path=value,value'
  return usageError(message, hint, cause)
}
