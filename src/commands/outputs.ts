import {
  accessSync,
  constants,
  lstatSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { WsbenchError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import { type ReporterKind, reporters } from '../reporters/index.js'
import type { RenderOptions, Reporter } from '../reporters/reporter.js'

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

/**
 * Reads `kind=path`; refuses an unknown kind, one that is not `suitable`, and a place that can't be written to, before
 * anything is started.
 */
export function parseOutput(text: string, suitable: (reporter: Reporter) => boolean = () => true): Output {
  const equals = text.indexOf('=')
  const kind = text.slice(0, Math.max(0, equals))
  const path = text.slice(equals + 1)
  const kinds = Object.values(reporters)
    .filter(suitable)
    .map((reporter) => reporter.kind)
  if (!kinds.includes(kind) || path === '') {
    const meant = nearest(kind, kinds)
    throw new WsbenchError(`--out ${text}: expected kind=path, with a kind of ${kinds.join(', ')}`, {
      exit: 'usage',
      hint: meant ? `did you mean "${meant}=${path || 'path'}"?` : 'for example --out json=result.json',
    })
  }
  if (path !== STDOUT) refuseUnwritable(path, `--out ${text}`)
  return { kind: kind as ReporterKind, path }
}

function refuseUnwritable(path: string, option: string): void {
  let place = path
  try {
    const stats = statsOf(path)
    if (stats?.isDirectory() || stats?.isSocket()) {
      const what = stats.isDirectory() ? 'a directory' : 'a socket'
      throw new WsbenchError(`${option}: ${path} is ${what}; expected a file, a device or a pipe`, {
        exit: 'usage',
      })
    }
    place = isStream(stats) ? path : dirname(destinationOf(path))
    accessSync(place, constants.W_OK)
  } catch (error) {
    if (error instanceof WsbenchError) throw error
    const what = place === path ? 'is nothing' : 'is no directory'
    throw new WsbenchError(`${option}: ${place} ${what} that can be written to`, {
      exit: 'usage',
      cause: error,
    })
  }
}

/** What a report of some kind says; files are 80 columns wide and without colour. */
export type Render = (reporter: Reporter, options: RenderOptions) => string

/**
 * Writes every output, each whole or not at all. Returns what went wrong, a sentence each: one that fails keeps none of
 * the others from being written.
 */
export function writeOutputs(
  outputs: readonly Output[],
  render: Render,
  stdoutOptions: RenderOptions,
): string[] {
  return outputs.flatMap(({ kind, path }) => {
    try {
      if (path === STDOUT) process.stdout.write(render(reporters[kind], stdoutOptions))
      else writeWhole(path, render(reporters[kind], { columns: 80, color: false }))
      return []
    } catch (error) {
      return [`--out ${kind}=${path}: ${error instanceof Error ? error.message : String(error)}`]
    }
  })
}

function writeWhole(path: string, text: string): void {
  // What is no file is written to as it stands: putting a file in its place would end a device for everybody.
  if (isStream(statsOf(path))) {
    writeFileSync(path, text)
    return
  }
  const destination = destinationOf(path)
  const partial = `${destination}.part`
  try {
    writeFileSync(partial, text)
    renameSync(partial, destination)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}

/** Of what a path leads to; undefined where nothing is there yet. */
function statsOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}

function isStream(stats: Stats | undefined): boolean {
  return stats !== undefined && !stats.isFile()
}

/** Where a path leads to through symlinks, be it a file that is yet to come. */
function destinationOf(path: string): string {
  if (statsOf(path)) return realpathSync(path)
  const isDangling = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()
  return isDangling ? destinationOf(resolve(dirname(path), readlinkSync(path))) : path
}
