import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'
import { exitCodes } from './exit-codes.js'

/**
 * All that is printed goes through here. A reader that is gone (`| head`), a terminal that was closed or a full disk costs
 * the output, never the run.
 */
export function writeToStdout(text: string): void {
  process.stdout.write(text)
}

/** A message, or part of the live view. */
export function writeToStderr(text: string): void {
  process.stderr.write(text)
}

type Stream = NodeJS.WriteStream
type Write = Stream['write']

/** Call once, before anything is printed: from its first error on, a stream is silent. */
export function surviveLostOutput(): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd))
  const stdout = silentAfterError(process.stdout)
  silentAfterError(process.stderr)
  process.on('exit', () => {
    const error = stdout.error()
    if (error !== null && !isReaderGone(error)) {
      writeToStderr(
        `stdout can't be written to: ${error.message}\n  hint: use --out kind=path, or free the disk\n`,
      )
      process.exitCode ||= exitCodes.setup
    }
    for (const fd of terminals) if (!isatty(fd)) replaceByNull(fd)
  })
}

function silentAfterError(stream: Stream): { error(): NodeJS.ErrnoException | null } {
  const write = stream.write.bind(stream) as (...written: unknown[]) => boolean
  let error: NodeJS.ErrnoException | null = null
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    error ??= cause
  })
  const guarded = (...written: unknown[]): boolean => {
    if (error === null) {
      try {
        return write(...written)
      } catch (cause) {
        // Files and devices are written to at once, and throw.
        error = cause as NodeJS.ErrnoException
      }
    }
    const done = written.findLast((argument) => typeof argument === 'function')
    if (done !== undefined) process.nextTick(done)
    return true
  }
  stream.write = guarded as Write
  return { error: () => error }
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
