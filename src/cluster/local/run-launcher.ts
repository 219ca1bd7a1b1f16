import { type ChildProcess, fork, spawn } from 'node:child_process'
import { accessSync, closeSync, constants, existsSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { nowMicros } from '../../base/clock.js'
import { setupError } from '../../base/errors.js'
import type { UnexpectedExit } from '../cluster.js'
import { describeEnd } from '../readiness.js'
import { keepLogs } from './kept-logs.js'
import { Launched } from './launched.js'
import type { ForkOptions, LaunchedProcess, Launcher, LaunchOptions } from './launcher.js'
import { makeRunDirectory } from './run-directory.js'
import { startWarden, type WardenHandle } from './start-warden.js'

const TAIL_LINES = 20
const END_WITHIN_MS = 5_000

/** Creates the run directory (0700). It is cleaned up by the run's warden; without one, by a warden of its own. */
export async function openLauncher(
  onUnexpectedExit: (exit: UnexpectedExit) => void,
  wardenOfRun?: WardenHandle,
): Promise<RunLauncher> {
  const directory = makeRunDirectory()
  try {
    const warden = wardenOfRun ?? (await startWarden())
    warden.guard(directory)
    const isOwnWarden = wardenOfRun === undefined
    return new RunLauncher(directory, { warden, isOwnWarden }, onUnexpectedExit)
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
}

interface Warding {
  readonly warden: WardenHandle
  /** Whether it leaves with the launcher. */
  readonly isOwnWarden: boolean
}

/** The Launcher of one run; `dispose` ends all processes that it started. */
export class RunLauncher implements Launcher {
  readonly #started: Launched[] = []
  #disposal: Promise<string | null> | undefined

  constructor(
    readonly directory: string,
    private readonly warding: Warding,
    private readonly onUnexpectedExit: (exit: UnexpectedExit) => void,
  ) {}

  launch({ part, command, args, env }: LaunchOptions): LaunchedProcess {
    return this.#start(part, command, (log) =>
      spawn(command, args, {
        cwd: this.directory,
        detached: true,
        env: { ...process.env, ...env },
        stdio: ['ignore', log, log],
      }),
    )
  }

  fork({ part, module, env }: ForkOptions): LaunchedProcess {
    return this.#start(part, process.execPath, (log) =>
      fork(module, {
        cwd: this.directory,
        detached: true,
        execArgv: [],
        env: { ...process.env, ...env },
        stdio: ['ignore', log, log, 'ipc'],
      }),
    )
  }

  /** A command that the warden runs if this process dies, to clean up what is not a process of ours. */
  onDeath(command: string, args: readonly string[]): void {
    this.warding.warden.runLast(command, args)
  }

  logTail(part: string): string {
    const log = this.#logOf(part)
    // When the run is being cleaned up, the log may be gone already.
    if (!existsSync(log)) return ''
    return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
  }

  /**
   * Ends every process, the last one started first, within 5 s in total, and removes the run directory. With `keepLogs`, logs
   * and configurations are copied before; resolves with their path. A second call waits for the first.
   */
  dispose(options: { readonly keepLogs: boolean }): Promise<string | null> {
    this.#disposal ??= this.#dispose(options.keepLogs)
    return this.#disposal
  }

  async #dispose(isKeepingLogs: boolean): Promise<string | null> {
    const deadline = performance.now() + END_WITHIN_MS
    for (const launched of this.#started.reverse()) {
      await launched.end('SIGTERM', Math.max(0, deadline - performance.now()))
    }
    const kept = isKeepingLogs ? keepLogs(this.directory) : null
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 })
    if (this.warding.isOwnWarden) await this.warding.warden.leave()
    return kept
  }

  #start(part: string, program: string, spawnWith: (log: number) => ChildProcess): LaunchedProcess {
    if (this.#disposal) throw setupError(`${part} can't be started: the run is over`)
    const log = openSync(this.#logOf(part), 'a', 0o600)
    const child = spawnWith(log)
    closeSync(log)
    if (child.pid === undefined) throw notStarted(part, program, child)
    const launched = new Launched(part, child.pid, child)
    this.warding.warden.watch(child.pid)
    this.#started.push(launched)
    void launched.gone.then((end) => {
      this.warding.warden.forget(launched.pid)
      if (!end.isExpected) {
        this.onUnexpectedExit({
          part,
          atMicros: nowMicros(),
          how: describeEnd(end),
          logTail: this.logTail(part),
        })
      }
    })
    return launched
  }

  #logOf(part: string): string {
    return join(this.directory, `${part}.log`)
  }
}

/** Node reports the reason in a later event, so it is looked up here. */
function notStarted(part: string, program: string, child: ChildProcess) {
  child.on('error', () => undefined)
  try {
    accessSync(program, constants.X_OK)
  } catch (error) {
    return setupError(`${part}: ${program} can't be started`, 'does it exist, and is it executable?', error)
  }
  return setupError(
    `${part}: ${program} can't be started`,
    'is a limit of processes (ulimit -u) or descriptors reached?',
  )
}
