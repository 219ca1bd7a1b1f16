import { accessSync, constants, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { WsbenchError } from './errors.js'
import { nearest } from './nearest.js'
import { type ReporterKind, reporters } from './reporters/index.js'
import type { RenderOptions, Reporter } from './reporters/reporter.js'

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
 * Reads `kind=path`; refuses an unknown kind, one that is not `suitable`, and a directory that can't be written, before
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
  if (path === STDOUT) return { kind: kind as ReporterKind, path }
  try {
    accessSync(dirname(path), constants.W_OK)
  } catch (error) {
    throw new WsbenchError(`--out ${text}: ${dirname(path)} is no directory that can be written to`, {
      exit: 'usage',
      cause: error,
    })
  }
  return { kind: kind as ReporterKind, path }
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
  const partial = `${path}.part`
  writeFileSync(partial, text)
  renameSync(partial, path)
}
