import type { ChildProcess } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import type { LaunchedProcess } from './launcher.js'
import { killGroup } from './process-group.js'
import { type Usage, usageOf } from './process-stat.js'

/** How a process ended, and whether that was expected. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly isExpected: boolean
}

/** A child process with a process group of its own. When it ends, the rest of the group is killed. */
export class Launched implements LaunchedProcess {
  readonly gone: Promise<End>
  #isExpected = false

  constructor(
    readonly part: string,
    readonly pid: number,
    readonly child: ChildProcess,
  ) {
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        killGroup(pid)
        resolve({ code, signal, isExpected: this.#isExpected })
      })
    })
    // A message to a child that is ending fails here. Its 'exit' is what counts.
    child.on('error', () => undefined)
  }

  expectEnd(): void {
    this.#isExpected = true
  }

  async end(signal: NodeJS.Signals, deadlineMs: number): Promise<void> {
    this.expectEnd()
    this.child.kill(signal)
    // A stopped process handles the signal only when it continues.
    this.child.kill('SIGCONT')
    const patience = new AbortController()
    const timedOut = delay(deadlineMs, 'late', { signal: patience.signal }).catch(() => undefined)
    if ((await Promise.race([this.gone, timedOut])) === 'late') killGroup(this.pid)
    await this.gone
    patience.abort()
  }
  async freeze(): Promise<void> {
    this.child.kill('SIGSTOP')
  }

  async thaw(): Promise<void> {
    this.child.kill('SIGCONT')
  }

  usage(): Promise<Usage | null> {
    return usageOf([this.pid])
  }
}
