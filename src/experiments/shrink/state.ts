import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { usageError } from '../../base/errors.js'
import type { Data } from './reductions.js'
import type { Outcome } from './sequential-test.js'

const outcomes: readonly string[] = ['failed', 'passed', 'invalid'] satisfies readonly Outcome[]

/**
 * The outcomes of all runs so far, by scenario. The search follows from them alone, so one that starts again with this file goes
 * on where the last one was stopped.
 */
export class SearchState {
  readonly #file: string | null
  readonly #outcomes: Map<string, Outcome[]>

  constructor(file: string | null) {
    this.#file = file
    this.#outcomes = file !== null && existsSync(file) ? read(file) : new Map()
  }

  of(data: Data): readonly Outcome[] {
    return this.#outcomes.get(hashOf(data)) ?? []
  }

  /** Adds the outcome of one more run; the file is replaced as a whole, so that it is never half written. */
  add(data: Data, outcome: Outcome): void {
    this.#outcomes.set(hashOf(data), [...this.of(data), outcome])
    if (this.#file === null) return
    const runs = Object.fromEntries(this.#outcomes)
    writeFileSync(`${this.#file}.new`, `${JSON.stringify({ version: 1, kind: 'shrink-state', runs })}\n`)
    renameSync(`${this.#file}.new`, this.#file)
  }
}

function hashOf(data: Data): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex')
}

function read(file: string): Map<string, Outcome[]> {
  try {
    const { kind, runs } = JSON.parse(readFileSync(file, 'utf8')) as { kind?: unknown; runs?: unknown }
    const entries = Object.entries((runs ?? {}) as Record<string, unknown>)
    const isSound = entries.every(
      ([, own]) => Array.isArray(own) && own.every((one) => outcomes.includes(one)),
    )
    if (kind === 'shrink-state' && isSound) return new Map(entries as [string, Outcome[]][])
  } catch (error) {
    throw usageError(`cannot read ${file}: ${(error as Error).message}`, undefined, error)
  }
  throw usageError(`${file} is no state of wsbench shrink`, 'give --state another file')
}
