import { z } from 'zod'
import { setupError, WsbenchError } from '../src/base/errors.js'
import { exitCodes } from '../src/base/exit-codes.js'
import { stderr } from '../src/base/terminal-output.js'

/**
 * Runs `main` as a child process of wsbench: ignores Ctrl-C (the parent decides) and ends when the parent does. If the
 * start fails, it sends a `fault` to the parent, prints the error with its hint, and exits with the error's code.
 */
export async function runChild(main: () => Promise<void>): Promise<void> {
  process.on('SIGINT', () => {})
  process.on('disconnect', () => process.exit(exitCodes.pass))
  try {
    await main()
  } catch (error) {
    await fail(error)
  }
}

/** The JSON in an environment variable, validated. */
export function configFromEnvironment<Config>(variable: string, schema: z.ZodType<Config>): Config {
  const parsed = schema.safeParse(parseJson(process.env[variable], variable))
  if (parsed.success) return parsed.data
  throw setupError(`${variable} is invalid:\n${z.prettifyError(parsed.error)}`, 'contract.ts defines it')
}

/** Resolves once the message is written to the IPC channel; at once when there is no parent. */
export function tellParent(message: object): Promise<void> {
  return new Promise((resolve) => {
    if (process.send && process.connected) process.send(message, undefined, undefined, () => resolve())
    else resolve()
  })
}

function parseJson(text: string | undefined, variable: string): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch (cause) {
    throw setupError(`${variable} is not JSON`, 'contract.ts defines it', cause)
  }
}

async function fail(error: unknown): Promise<void> {
  const isExpected = error instanceof WsbenchError
  const message = isExpected ? error.message : String((error as Error)?.stack ?? error)
  stderr.print(message)
  if (isExpected && error.hint) stderr.print(`hint: ${error.hint}`)
  await tellParent({ type: 'fault', message })
  process.exit(exitCodes[isExpected ? error.exit : 'internal'])
}
