import { readFileSync, statSync } from 'node:fs'
import { setupError, type WsbenchError } from '../base/errors.js'
import type { TargetPlan } from '../cluster/external/target-plan.js'
import { rowsOfCsv } from './feed-csv.js'

/** Values by column name. */
export type FeedRow = Readonly<Record<string, string>>

const MAX_FEED_BYTES = 64 << 20

/**
 * Reads a CSV file with a header line, a JSON list of mappings, or one JSON mapping a line. Numbers keep their digits. Throws a
 * setupError that names the row or line at fault and never quotes a value, which may be a secret.
 */
export function readFeed({ file, encoding }: NonNullable<TargetPlan['feed']>): FeedRow[] {
  const text = decoded(bytesOf(file), { file, encoding })
  const start = text.trimStart()[0]
  const rows =
    start === '[' ? rowsOfList(text, file) : start === '{' ? rowsOfLines(text, file) : rowsOfCsv(text, file)
  if (rows.length === 0) throw setupError(`feed ${file} has no rows`)
  return rows
}

function bytesOf(file: string): Buffer {
  try {
    if (statSync(file).size <= MAX_FEED_BYTES) return readFileSync(file)
  } catch (error) {
    throw setupError(`feed ${file} can’t be read: ${(error as NodeJS.ErrnoException).code}`)
  }
  throw setupError(`feed ${file} is larger than 64 MiB`)
}

/** Bytes that are not UTF-8 may be of many encodings, which differ in a few letters: a guess would be wrong unnoticed. */
function decoded(bytes: Buffer, { file, encoding }: NonNullable<TargetPlan['feed']>): string {
  const label = encoding ?? encodingShownBy(bytes)
  const text = decode(bytes, label)
  if (text === null) {
    const line = bytes.toString('latin1').split('\n').findIndex(isNot(label)) + 1
    const where = line > 0 && !label.startsWith('utf-16') ? `, line ${line}:` : ':'
    throw setupError(`feed ${file}${where} the text is not ${label.toUpperCase()}`, nameEncoding('latin1'))
  }
  if (text.includes('\0')) throw setupError(`feed ${file} has NUL characters`, nameEncoding('utf-16le'))
  return text
}

function nameEncoding(example: string): string {
  return `name its encoding: target.feed: { file: …, encoding: ${example} }, or windows-1250, shift_jis, …`
}

function encodingShownBy(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
}

function isNot(label: string): (line: string) => boolean {
  return (line) => decode(Buffer.from(line, 'latin1'), label) === null
}

/** Null: `bytes` are not of that encoding. */
function decode(bytes: Buffer, label: string): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

function rowsOfList(text: string, file: string): FeedRow[] {
  const list = parsed(text)
  if (!Array.isArray(list)) throw setupError(`feed ${file} is not a JSON list of mappings`)
  return list.map((row: unknown, index) => rowOf(row, `feed ${file}, row ${index + 1}`))
}

function rowsOfLines(text: string, file: string): FeedRow[] {
  return text.split(/\r\n|\n|\r/).flatMap((line, index) => {
    const where = `feed ${file}, line ${index + 1}`
    if (line.trim() === '') return []
    const row = parsed(line)
    if (row === undefined) throw setupError(`${where} is not JSON`, FORMS_OF_JSON)
    return [rowOf(row, where)]
  })
}

const FORMS_OF_JSON = 'a JSON feed is a list of mappings, [{ … }, { … }], or one mapping a line'

function rowOf(row: unknown, where: string): FeedRow {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) throw notMapping(where)
  const entries = Object.entries(row)
  const [nested] = entries.find(([, value]) => typeof value === 'object') ?? []
  if (nested !== undefined)
    throw setupError(`${where}: ${nested} must be text, a number, true or false`, FORMS_OF_JSON)
  return Object.fromEntries(entries.map(([column, value]) => [column, String(value)]))
}

function notMapping(where: string): WsbenchError {
  return setupError(`${where} is not a mapping`, FORMS_OF_JSON)
}

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** Numbers become text of the same digits: a JavaScript number holds 53 bits. Undefined: it is not JSON. */
function parsed(text: string): unknown {
  const quoted = text.replace(stringOrNumber, (token) => (token.startsWith('"') ? token : `"${token}"`))
  try {
    return JSON.parse(quoted) as unknown
  } catch {
    return undefined
  }
}
