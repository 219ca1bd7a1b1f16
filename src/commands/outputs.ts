import { randomBytes } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { describeError, usageError, WsbenchError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import { stdout } from '../base/terminal-output.js'
import { type ReporterKind, reporters } from '../reporters/index.js'
import type { RenderOptions, Reporter } from '../reporters/reporter.js'
import type { Saved } from '../results/saved/read-saved.js'

/** One `--out kind=path`; `-` is stdout. */
export interface Output {
  readonly kind: ReporterKind
  readonly path: string
}

const STDOUT = '-'

/** Whether any of them takes the place of the summary on stdout. */
export function speaksOnStdout(outputs: readonly Output[]): boolean {
  return outputs.some(({ path }) => path === STDOUT)
}

/** The method of a reporter that renders each kind of file. */
const methods = {
  run: 'render',
  comparison: 'renderComparison',
  'find-max': 'renderSearch',
  gate: 'renderBaseline',
} as const

export type SavedKind = keyof typeof methods

/** The report of what was saved, by a reporter that has one of its kind. */
export function render(reporter: Reporter, saved: Saved, options: RenderOptions): string {
  return reporter[methods[saved.kind ?? 'run']]!(saved as never, options)
}

/**
 * Reads each `--out kind=path`. Throws a usage error for a kind that is unknown or has no report of what will be `saved`,
 * and for a path that can't be written to, before anything is started.
 */
export function parseOutputs(
  texts: readonly string[],
  saved: SavedKind,
  inputs: readonly string[] = [],
): Output[] {
  const kinds = Object.values<Reporter>(reporters)
    .filter((reporter) => reporter[methods[saved]] !== undefined)
    .map(({ kind }) => kind)
  const outputs = texts.map((text) => parseOutput(text, kinds))
  refuseOverwriting(outputs, inputs)
  return outputs
}

function parseOutput(text: string, kinds: readonly string[]): Output {
  const equals = text.indexOf('=')
  const kind = text.slice(0, Math.max(0, equals))
  const path = text.slice(equals + 1)
  if (!kinds.includes(kind) || path === '') {
    const meant = nearest(kind, kinds)
    throw usageError(
      `--out ${text}: expected kind=path, with a kind of ${kinds.join(', ')}`,
      meant ? `did you mean "${meant}=${path || 'path'}"?` : 'for example --out json=result.json',
    )
  }
  if (path !== STDOUT) refuseUnwritable(path, `--out ${text}`)
  return { kind: kind as ReporterKind, path }
}

/** A file is written once, and never over what the command reads. */
function refuseOverwriting(outputs: readonly Output[], inputs: readonly string[]): void {
  const read = inputs.filter((input) => existsSync(input))
  const taken = new Map(read.map((input) => [identityOf(input), 'is read by this command']))
  for (const { kind, path } of outputs) {
    if (path === STDOUT || isStream(statsOf(path))) continue
    const identity = identityOf(path)
    const conflict = taken.get(identity)
    if (conflict) throw usageError(`--out ${kind}=${path}: ${path} ${conflict}`, 'choose another path')
    taken.set(identity, 'is written by another --out')
  }
}

/** The same for every path to one file. */
function identityOf(path: string): string {
  const stats = statsOf(path)
  if (stats) return `${stats.dev}:${stats.ino}`
  const destination = resolve(destinationOf(path))
  return join(realpathSync(dirname(destination)), basename(destination))
}

function refuseUnwritable(path: string, option: string): void {
  let place = path
  try {
    const stats = statsOf(path)
    if (stats?.isDirectory() || stats?.isSocket()) {
      const what = stats.isDirectory() ? 'a directory' : 'a socket'
      throw usageError(`${option}: ${path} is ${what}; expected a file, a device or a pipe`)
    }
    if (stats?.isFile() && (stats.mode & 0o222) === 0) {
      throw usageError(`${option}: ${path} is read-only`, 'choose another path, or chmod u+w')
    }
    if (stats?.isFile()) accessSync(path, constants.W_OK)
    place = isStream(stats) ? path : dirname(destinationOf(path))
    accessSync(place, constants.W_OK)
  } catch (error) {
    if (error instanceof WsbenchError) throw error
    const what = place === path ? 'file' : 'directory'
    throw usageError(`${option}: ${place} is not a ${what} that can be written to`, undefined, error)
  }
}

/**
 * Writes every output, each completely or not at all; files are 80 columns wide and without colour. Returns the errors, a
 * sentence each: one that fails does not keep the others from being written.
 */
export function writeOutputs(
  outputs: readonly Output[],
  saved: Saved,
  stdoutOptions: RenderOptions,
): string[] {
  return outputs.flatMap(({ kind, path }) => {
    try {
      if (path === STDOUT) printReport(reporters[kind], render(reporters[kind], saved, stdoutOptions))
      else writeWhole(path, render(reporters[kind], saved, { columns: 80, color: false }))
      return []
    } catch (error) {
      return [`--out ${kind}=${path}: ${describeError(error)}`]
    }
  })
}

function printReport({ printsCommands }: Reporter, text: string): void {
  if (printsCommands) stdout.printCommands(text)
  else stdout.printReport(text)
}

function writeWhole(path: string, text: string): void {
  // A device or a pipe is written to, not replaced by a file.
  if (isStream(statsOf(path))) {
    writeFileSync(path, text)
    return
  }
  const destination = destinationOf(path)
  const mode = statsOf(destination)?.mode
  // Nobody can have put a file or a symlink there before.
  const partial = join(dirname(destination), `.wsbench-${randomBytes(9).toString('base64url')}.part`)
  const file = openSync(partial, 'wx', mode === undefined ? 0o666 : 0o600)
  try {
    try {
      writeFileSync(file, text)
      if (mode !== undefined) fchmodSync(file, mode & 0o777)
    } finally {
      closeSync(file)
    }
    renameSync(partial, destination)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}

/** Follows symlinks; undefined where there is nothing yet. */
function statsOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

function isStream(stats: Stats | undefined): boolean {
  return stats !== undefined && !stats.isFile()
}

/** Where a path leads to through symlinks, even to a file that does not exist yet. */
function destinationOf(path: string): string {
  if (statsOf(path)) return realpathSync(path)
  const isDangling = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
  return isDangling ? destinationOf(resolve(dirname(path), readlinkSync(path))) : path
}
