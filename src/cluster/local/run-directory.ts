import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setupError } from '../../base/errors.js'

/** Longest path of a run directory: the sockets in it must fit into the 107 bytes of an address, and HAProxy adds to their names. */
const MOST_BYTES = 70
/** Where every Unix has a directory for temporary files. */
const SHORT = '/tmp'

/**
 * Creates a directory (0700) for one run, in the system's temporary directory. If that has a long path, or characters that
 * configuration files of nginx and HAProxy can't have in a path, it is in /tmp.
 */
export function makeRunDirectory(): string {
  const temporary = tmpdir()
  const parent = isPlain(temporary) ? temporary : SHORT
  try {
    return mkdtempSync(join(parent, 'wsbench-'))
  } catch (error) {
    throw setupError(
      `no directory can be made in ${parent}: ${(error as Error).message}`,
      'set TMPDIR to a directory that can be written to and has free space',
      error,
    )
  }
}

function isPlain(path: string): boolean {
  return /^[\w./+-]+$/.test(path) && path.length + '/wsbench-XXXXXX'.length <= MOST_BYTES
}
