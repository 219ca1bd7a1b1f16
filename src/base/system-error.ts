import { setupError, type WsbenchError } from './errors.js'

/** What to do about an error of the operating system that has nothing to do with wsbench, by its code. */
const hints = new Map([
  ['ENOSPC', 'free space on the disk, or set TMPDIR and XDG_STATE_HOME to directories on another one'],
  ['EDQUOT', 'your disk quota is used up: free space, or set TMPDIR and XDG_STATE_HOME to other directories'],
  ['EROFS', 'the disk is read-only: set TMPDIR and XDG_STATE_HOME to directories that can be written to'],
  [
    'EACCES',
    'check the permissions of the file, or set TMPDIR and XDG_STATE_HOME to directories of your own',
  ],
  ['EPERM', 'check the permissions of the file or process'],
  ['EMFILE', 'raise the limit of open files: ulimit -n'],
  ['ENFILE', 'the whole system has too many open files: close programs, or raise fs.file-max'],
  ['EAGAIN', 'the limit of processes is reached: ulimit -u'],
  ['ENOMEM', 'there is not enough memory: use fewer clients, or close programs'],
  ['EIO', 'a disk or a terminal failed'],
  ['ENAMETOOLONG', 'use a shorter path'],
])

/** A setupError for an error of the operating system, with what to do; null for any other error. */
export function asSetupError(error: unknown): WsbenchError | null {
  if (!(error instanceof Error)) return null
  const { code = '' } = error as NodeJS.ErrnoException
  const hint = hints.get(code)
  return hint === undefined ? null : setupError(error.message, hint, error)
}
