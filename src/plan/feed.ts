import { readFileSync, statSync } from 'node:fs'
import { setupError } from '../base/errors.js'

/** By column. */
export type FeedRow = Readonly<Record<string, string>>

const MAX_FEED_BYTES = 64 << 20

/**
 * Rows of a CSV file with a header line (RFC 4180), or of a JSON list of mappings. Throws a setupError, which says in which row
 * or line something is wrong and repeats no value.
 */
export function readFeed(file: string): FeedRow[] {
  const text = textOf(file)
  const rows = text.trimStart().startsWith('[') ? fromJson(text, file) : fromCsv(text, file)
  if (rows.length === 0) throw setupError(`feed ${file} has no rows`)
  return rows
}

function textOf(file: string): string {
  try {
    if (statSync(file).size <= MAX_FEED_BYTES) return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    throw setupError(`feed ${file} can’t be read: ${(error as NodeJS.ErrnoException).code}`)
  }
  throw setupError(`feed ${file} is larger than ${MAX_FEED_BYTES} bytes`)
}

function fromJson(text: string, file: string): FeedRow[] {
  return parsed(text, file).map((row, index) => {
    const where = `feed ${file}, row ${index + 1}`
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw setupError(`${where} is no mapping`)
    for (const [column, value] of Object.entries(row)) {
      if (typeof value === 'object') throw setupError(`${where}: ${column} is no text, number, true or false`)
    }
    return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, String(value)]))
  })
}

function parsed(text: string, file: string): readonly unknown[] {
  try {
    return JSON.parse(text) as readonly unknown[]
  } catch {
    throw setupError(`feed ${file} is no JSON list of mappings`)
  }
}

interface CsvRecord {
  readonly line: number
  readonly values: readonly string[]
}

function fromCsv(text: string, file: string): FeedRow[] {
  const [head, ...rows] = records(text, file)
  const names = head?.values.map((name) => name.trim()) ?? []
  return rows.map(({ line, values }) => {
    if (values.length !== names.length)
      throw setupError(
        `feed ${file}, line ${line}: ${values.length} values for ${names.length} columns`,
        'a value with a comma in it stands in quotes',
      )
    return Object.fromEntries(names.map((name, column) => [name, values[column]!]))
  })
}

/** Blank lines are none. */
function records(text: string, file: string): CsvRecord[] {
  const found: CsvRecord[] = []
  const value = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y
  let values: string[] = []
  let line = 1
  let begun = line
  for (let isOver = false; !isOver; ) {
    const [whole, quoted, plain = '', end] = value.exec(text) ?? refuse(file, line)
    values.push(quoted?.replaceAll('""', '"') ?? plain)
    line += whole.split('\n').length - 1
    isOver = end === ''
    if (end === ',') continue
    if (values.length > 1 || values[0] !== '') found.push({ line: begun, values })
    values = []
    begun = line
  }
  return found
}

function refuse(file: string, line: number): never {
  throw setupError(
    `feed ${file}, line ${line}: a quote is not closed, or does not enclose the whole value`,
    'a value with a quote in it stands in quotes, and the quote in it is doubled',
  )
}
