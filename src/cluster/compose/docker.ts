import { setupError } from '../../base/errors.js'
import type { LaunchedProcess } from '../local/launcher.js'
import type { RunLauncher } from '../local/run-launcher.js'
import { partError } from '../readiness.js'
import { runProgram } from '../run-program.js'

/** Name of compose in errors, and of its log. */
const PART = 'compose'
const READ_WITHIN_MS = 10_000
const END_WITHIN_MS = 5_000
/** A build or a pull over a slow line takes minutes. */
const COMMAND_WITHIN_MS = 30 * 60_000

/** The docker client with the Compose file of one run. Commands are argument lists, without a shell. */
export class Docker {
  readonly binary: string
  readonly launcher: RunLauncher
  readonly project: string
  /** The Compose file, in the launcher's directory. */
  readonly file: string

  constructor(run: Pick<Docker, 'binary' | 'launcher' | 'project' | 'file'>) {
    this.binary = run.binary
    this.launcher = run.launcher
    this.project = run.project
    this.file = run.file
  }

  /** Arguments of `docker` for a compose command of this run. */
  composeArguments(...args: readonly string[]): readonly string[] {
    return ['compose', '--project-name', this.project, '--file', this.file, ...args]
  }

  /** Resolves when the command has succeeded; otherwise a setupError with the end of its output. */
  async compose(...args: readonly string[]): Promise<void> {
    await this.#succeed(this.#launch(args), args)
  }

  /** The same, but ended when `signal` fires: for commands that may take minutes. */
  async composeUntil(signal: AbortSignal, ...args: readonly string[]): Promise<void> {
    const launched = this.#launch(args)
    const end = (): void => void launched.end('SIGTERM', END_WITHIN_MS)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    try {
      await this.#succeed(launched, args)
    } finally {
      signal.removeEventListener('abort', end)
    }
  }

  /** The output of `docker …`. */
  read(...args: readonly string[]): Promise<string> {
    return read(this.binary, args)
  }

  /** Name of a service's container. */
  containerOf(service: string): string {
    return `${this.project}-${service}-1`
  }

  #launch(args: readonly string[]): LaunchedProcess {
    const launched = this.launcher.launch({
      part: PART,
      command: this.binary,
      args: this.composeArguments(...args),
    })
    launched.expectEnd()
    return launched
  }

  async #succeed(launched: LaunchedProcess, args: readonly string[]): Promise<void> {
    const deadline = setTimeout(() => void launched.end('SIGTERM', END_WITHIN_MS), COMMAND_WITHIN_MS)
    const { code } = await launched.gone
    clearTimeout(deadline)
    if (code !== 0) throw partError(this.launcher, PART, `failed: docker compose ${args.join(' ')}`)
  }
}

/** Throws a setupError when no engine answers, or when compose is missing. */
export async function requireEngine(binary: string): Promise<void> {
  await read(binary, ['version', '--format', '{{.Server.Version}}']).catch((error: Error) => {
    throw setupError(
      `the docker engine can't be reached: ${error.message}`,
      'is it running? docker info',
      error,
    )
  })
  await read(binary, ['compose', 'version', '--short']).catch((error: Error) => {
    throw setupError(
      `docker has no compose: ${error.message}`,
      'install its compose plugin, 2.24 or later (docker-compose-plugin)',
      error,
    )
  })
}

/** Rejects with the last line of its stderr. */
async function read(binary: string, args: readonly string[]): Promise<string> {
  const { failure, stdout, stderr } = await runProgram(binary, args, READ_WITHIN_MS)
  if (failure !== null)
    throw setupError(stderr.trim().split('\n').at(-1) || `${binary} ${args[0]}: ${failure}`)
  return stdout + stderr
}
