import { lstatSync, mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setupError } from '../base/errors.js'

/** The lowest limit for the path of a Unix socket (macOS; Linux allows 107). */
const MOST_PATH_BYTES = 103

export interface RuntimeFiles {
  readonly directory: string
  readonly socket: string
  readonly log: string
}

/** Where the daemon of this user keeps its files: below XDG_RUNTIME_DIR, or else the temporary directory. */
export function runtimeFiles(): RuntimeFiles {
  const { XDG_RUNTIME_DIR } = process.env
  const directory = XDG_RUNTIME_DIR
    ? join(XDG_RUNTIME_DIR, 'wsbench')
    : join(tmpdir(), `wsbench-of-${process.getuid?.() ?? 'me'}`)
  return { directory, socket: join(directory, 'cluster.sock'), log: join(directory, 'cluster.log') }
}

/** Creates the directory, for this user alone; throws a setupError if it belongs to another user or is open to others. */
export function claimRuntimeDirectory({ directory, socket }: RuntimeFiles): void {
  if (Buffer.byteLength(socket) > MOST_PATH_BYTES) {
    throw setupError(`${socket}: too long for a Unix socket`, 'set XDG_RUNTIME_DIR to a shorter path')
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const found = lstatSync(directory)
  const isOurs = found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid)
  if (isOurs && (found.mode & 0o077) === 0) return
  throw setupError(
    `${directory} is not a directory that only you have access to`,
    'remove it, or set XDG_RUNTIME_DIR',
  )
}

/** Removes the daemon's files, and the directory if nothing else is in it. */
export function leaveRuntimeDirectory({ directory, socket, log }: RuntimeFiles): void {
  rmSync(socket, { force: true })
  rmSync(log, { force: true })
  try {
    rmdirSync(directory)
  } catch {
    // It does not exist, or holds other files.
  }
}
