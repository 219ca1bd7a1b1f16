import { readFileSync, statSync } from 'node:fs'
import { setupError } from '../base/errors.js'

/** Values by column name. */
export type FeedRow = Readonly<Record<string, string>>

const MAX_FEED_BYTES = 64 << 20

/**
 * Reads a CSV file with a header line (RFC 4180), or a JSON list of mappings. Throws a setupError that names the row or line
 * at fault and never quotes a value, which may be a secret.
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
  throw setupError(`feed ${file} is larger than 64 MiB`)
}

function fromJson(text: string, file: string): FeedRow[] {
  return parsed(text, file).map((row, index) => {
    const where = `feed ${file}, row ${index + 1}`
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw setupError(`${where} is not a mapping`)
    for (const [column, value] of Object.entries(row)) {
      if (typeof value === 'object')
        throw setupError(`${where}: ${column} must be text, a number, true or false`)
    }
    return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, String(value)]))
  })
}

function parsed(text: string, file: string): readonly unknown[] {
  try {
    return JSON.parse(text) as readonly unknown[]
  } catch {
    throw setupError(`feed ${file} is not a JSON list of mappings`)
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
        'put a value that contains a comma in quotes',
      )
    return Object.fromEntries(names.map((name, column) => [name, values[column]!]))
  })
}

/** Blank lines are skipped. */
function records(text: string, file: string): CsvRecord[] {
  const found: CsvRecord[] = []
  const value = /(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r?\n|$)/y
  let values: string[] = []
  let line = 1
  let startLine = line
  for (let isAtEnd = false; !isAtEnd; ) {
    const [whole, quoted, plain = '', end] = value.exec(text) ?? badQuote(file, line)
    values.push(quoted?.replaceAll('""', '"') ?? plain)
    line += whole.split('\n').length - 1
    isAtEnd = end === ''
    if (end === ',') continue
    if (values.length > 1 || values[0] !== '') found.push({ line: startLine, values })
    values = []
    startLine = line
  }
  return found
}

function badQuote(file: string, line: number): never {
  throw setupError(
    `feed ${file}, line ${line}: a quote is not closed, or does not enclose the whole value`,
    'put a value that contains a quote in quotes, and double the quote inside it',
  )
}
