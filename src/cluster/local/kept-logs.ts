import { cpSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { WsbenchError } from '../../base/errors.js'

const RUNS_KEPT = 5

/**
 * Copies the logs of a run directory to the user's state directory and returns their path. The 5 newest runs are kept. null
 * when that directory can't be written to: lost logs must not cost the result.
 */
export function keepLogs(runDirectory: string): string | null {
  try {
    return copyLogs(runDirectory)
  } catch {
    return null
  }
}

function copyLogs(runDirectory: string): string {
  const directory = join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'wsbench', 'logs')
  const kept = join(directory, basename(runDirectory))
  mkdirSync(kept, { recursive: true, mode: 0o700 })
  for (const file of readdirSync(runDirectory).filter(isWorthKeeping))
    cpSync(join(runDirectory, file), join(kept, file))
  for (const old of newestFirst(directory).slice(RUNS_KEPT)) rmSync(old, { recursive: true, force: true })
  return kept
}

/** An error that says where the logs are. */
export function withLogs(error: unknown, logs: string | null): unknown {
  if (!(error instanceof WsbenchError) || logs === null) return error
  const hint = [error.hint, `all logs: ${logs}`].filter(Boolean).join('\n')
  return new WsbenchError(error.message, { exit: error.exit, hint, cause: error.cause })
}

function isWorthKeeping(file: string): boolean {
  return /\.(log|conf|cfg|Caddyfile)$/.test(file)
}

function newestFirst(directory: string): readonly string[] {
  return readdirSync(directory)
    .map((name) => join(directory, name))
    .map((path) => ({ path, changedMs: statSync(path).mtimeMs }))
    .sort((one, other) => other.changedMs - one.changedMs)
    .map(({ path }) => path)
}
