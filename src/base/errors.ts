import type { ExitName } from './exit-codes.js'

/**
 * An error that the user can act on. `hint` says how; `exit` names the exit code. Any other error is a bug: it exits 1
 * with its stack.
 */
export class WsbenchError extends Error {
  readonly exit: ExitName
  readonly hint: string | undefined

  constructor(message: string, options: { exit: ExitName; hint?: string | undefined; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'WsbenchError'
    this.exit = options.exit
    this.hint = options.hint
  }
}

/** Something could not be started or written: a port, a binary, a limit, a disk. Exit 3. */
export function setupError(message: string, hint?: string, cause?: unknown): WsbenchError {
  return new WsbenchError(message, { exit: 'setup', hint, cause })
}

/** The command or the scenario is wrong. Exit 2. */
export function usageError(message: string, hint?: string, cause?: unknown): WsbenchError {
  return new WsbenchError(message, { exit: 'usage', hint, cause })
}

/** `message`, or `message; hint: …`, on one line where the message is. */
export function describeError(error: unknown): string {
  if (error instanceof WsbenchError && error.hint) return `${error.message}; hint: ${error.hint}`
  return error instanceof Error ? error.message : String(error)
}
