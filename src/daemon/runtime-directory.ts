import { lstatSync, mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setupError } from '../base/errors.js'

/** The shortest limit of a Unix socket's path there is (macOS; Linux allows 107). */
const MOST_PATH_BYTES = 103

export interface RuntimeFiles {
  readonly directory: string
  readonly socket: string
  readonly log: string
}

/** Where the standing cluster of this user is to be found: below XDG_RUNTIME_DIR, or else the temporary directory. */
export function runtimeFiles(): RuntimeFiles {
  const { XDG_RUNTIME_DIR } = process.env
  const directory = XDG_RUNTIME_DIR
    ? join(XDG_RUNTIME_DIR, 'wsbench')
    : join(tmpdir(), `wsbench-of-${process.getuid?.() ?? 'me'}`)
  return { directory, socket: join(directory, 'cluster.sock'), log: join(directory, 'cluster.log') }
}

/** Makes the directory, for this user alone; a setupError where it is somebody else's, or open to others. */
export function claimRuntimeDirectory({ directory, socket }: RuntimeFiles): void {
  if (Buffer.byteLength(socket) > MOST_PATH_BYTES) {
    throw setupError(`${socket}: too long for a Unix socket`, 'set XDG_RUNTIME_DIR to a shorter path')
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const found = lstatSync(directory)
  const isOurs = found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid)
  if (isOurs && (found.mode & 0o077) === 0) return
  throw setupError(`${directory} is not a directory of yours alone`, 'remove it, or set XDG_RUNTIME_DIR')
}

/** Removes what the cluster kept there, and the directory where nothing else is in it. */
export function leaveRuntimeDirectory({ directory, socket, log }: RuntimeFiles): void {
  rmSync(socket, { force: true })
  rmSync(log, { force: true })
  try {
    rmdirSync(directory)
  } catch {
    // Not there, or somebody keeps something in it.
  }
}
