import { execFile } from 'node:child_process'
import { setupError } from '../../base/errors.js'
import type { LaunchedProcess } from '../local/launcher.js'
import type { RunLauncher } from '../local/run-launcher.js'
import { partError } from '../readiness.js'

/** Log of what compose said, and what it is called in errors. */
const PART = 'compose'
const READ_WITHIN_MS = 10_000
const GIVE_UP_WITHIN_MS = 5_000

/** The docker client with one run's Compose file: argument lists only, no shell. */
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

  /** `docker compose …` of this run, as an argument list. */
  composeArguments(...args: readonly string[]): readonly string[] {
    return ['compose', '--project-name', this.project, '--file', this.file, ...args]
  }

  /** Resolves when it is done; a setupError with how its output ends when it fails. */
  async compose(...args: readonly string[]): Promise<void> {
    await this.#succeed(this.#launch(args), args)
  }

  /** The same, ended early when `signal` fires: for what may take minutes. */
  async composeUntil(signal: AbortSignal, ...args: readonly string[]): Promise<void> {
    const launched = this.#launch(args)
    const end = (): void => void launched.end('SIGTERM', GIVE_UP_WITHIN_MS)
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    try {
      await this.#succeed(launched, args)
    } finally {
      signal.removeEventListener('abort', end)
    }
  }

  /** What `docker …` prints. */
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

  async #succeed({ gone }: LaunchedProcess, args: readonly string[]): Promise<void> {
    const { code } = await gone
    if (code !== 0) throw partError(this.launcher, PART, `failed: docker compose ${args.join(' ')}`)
  }
}

/** Throws a setupError where there is no engine that answers, or no compose. */
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

/** Rejects with the last line that it wrote to stderr. */
function read(binary: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(binary, args, { timeout: READ_WITHIN_MS }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout + stderr)
      else reject(setupError(stderr.trim().split('\n').at(-1) || error.message, undefined, error))
    })
  })
}
