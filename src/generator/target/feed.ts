import { readFileSync, statSync } from 'node:fs'
import { setupError } from '../../errors.js'
import type { FeedRow } from './values.js'

const MAX_FEED_BYTES = 64 << 20

/** Rows of a CSV file with a header line (RFC 4180), or of a JSON list of mappings. No error repeats a value. */
export function readFeed(file: string): FeedRow[] {
  if (statSync(file).size > MAX_FEED_BYTES)
    throw setupError(`feed ${file} is larger than ${MAX_FEED_BYTES} bytes`)
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  const rows = text.trimStart().startsWith('[') ? fromJson(text, file) : fromCsv(text)
  if (rows.length === 0) throw setupError(`feed ${file} has no rows`)
  return rows
}

function fromJson(text: string, file: string): FeedRow[] {
  try {
    const rows = JSON.parse(text) as readonly Record<string, unknown>[]
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value)])),
    )
  } catch {
    throw setupError(`feed ${file} is no JSON list of mappings`)
  }
}

function fromCsv(text: string): FeedRow[] {
  const [head = [], ...lines] = records(text)
  return lines.map((line) =>
    Object.fromEntries(head.map((name, column) => [name.trim(), line[column] ?? ''])),
  )
}

function records(text: string): string[][] {
  const found: string[][] = []
  let record: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    record.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    if (record.length > 1 || record[0] !== '') found.push(record)
    record = []
  }
  return found
}
