import type { ChildProcess } from 'node:child_process'
import type { Usage } from './process-stat.js'

/**
 * Starts the processes of a run. Each is registered with the warden, which ends them and removes the run directory if this
 * process dies.
 */
export interface Launcher {
  /** Absolute path of the run directory: configurations, pid files, sockets. */
  readonly directory: string
  /** Starts a program in a process group of its own; its output goes to `<part>.log`. */
  launch(options: LaunchOptions): LaunchedProcess
  /** Forks an entry point of wsbench, with an IPC channel. */
  fork(options: ForkOptions): LaunchedProcess
  /** The last lines of a part's log, up to 20. */
  logTail(part: string): string
}

export interface LaunchOptions {
  readonly part: string
  readonly command: string
  readonly args: readonly string[]
  /** In addition to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
}

export interface ForkOptions {
  readonly part: string
  /** Absolute path of the compiled module. */
  readonly module: string
  readonly env: Readonly<Record<string, string>>
}

export interface LaunchedProcess {
  readonly part: string
  readonly pid: number
  readonly child: ChildProcess
  /** Resolves when the process is gone. Never rejects. */
  readonly gone: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** From now on its end is expected. */
  expectEnd(): void
  /** `signal`, then SIGKILL of the whole process group after `deadlineMs`. Resolves when gone. */
  end(signal: NodeJS.Signals, deadlineMs: number): Promise<void>
  /** SIGSTOP: its sockets stay open. */
  freeze(): Promise<void>
  /** Continues after `freeze`; nothing happens when the process is gone. */
  thaw(): Promise<void>
  /** null when it can't be read. */
  usage(): Promise<Usage | null>
}
