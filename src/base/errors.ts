import type { ExitName } from './exit-codes.js'

/**
 * Trouble a user can act on. `hint` says what to do; `exit` names the exit code. Anything else that is thrown is a bug
 * and exits 1 with its stack.
 */
export class WsbenchError extends Error {
  readonly exit: ExitName
  readonly hint: string | undefined

  constructor(message: string, options: { exit: ExitName; hint?: string; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.name = 'WsbenchError'
    this.exit = options.exit
    this.hint = options.hint
  }
}

/** A part that could not be started: a port, a binary, a limit. Exit 3. */
export function setupError(message: string, hint?: string, cause?: unknown): WsbenchError {
  return new WsbenchError(message, { exit: 'setup', ...(hint === undefined ? {} : { hint }), cause })
}
