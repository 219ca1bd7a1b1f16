import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import { exitCodes } from './exit-codes.js'
import { stderr, stdout } from './terminal-output.js'

/**
 * Call once, before anything is printed. A reader that is gone (`| head`), a terminal that was closed or a full disk costs
 * the output, never the run.
 */
export function surviveLostOutput(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd))
  stdout.surviveLoss()
  stderr.surviveLoss()
  process.on('exit', () => {
    if (stdout.lost !== null && !isReaderGone(stdout.lost)) {
      const { message } = stdout.lost
      stderr.print(`stdout can't be written to: ${message}\n  hint: use --out kind=path, or free the disk`)
      process.exitCode ||= exitCodes.setup
    }
    for (const fd of terminals) if (!isatty(fd)) replaceByNull(fd)
  })
}

function isReaderGone({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EPIPE' || code === 'EIO'
}

/** When it exits, Node 20 restores the settings of its terminals, and aborts if one was closed. It skips files. */
function replaceByNull(fd: number): void {
  try {
    closeSync(fd)
    openSync('/dev/null', 'r+')
  } catch {
    // It was closed already.
  }
}
