import { stderr } from '../base/terminal-output.js'
import type { Plan } from '../plan/plan.js'
import type { Machine } from '../planning/machine.js'
import type { Result } from '../results/result.js'
import { announceHooks, execute, type Prepared } from '../run/execute.js'
import { combineObservers, type RunObserver } from '../run/observer.js'
import { Live } from './live.js'
import { liveOptions } from './terminal.js'

interface WatchOptions {
  /** `--quiet`: only errors are shown. */
  readonly isQuiet: boolean
  /** False with `--no-color`. */
  readonly wantsColor?: boolean
  /** Which of several runs this is: `2/6 nginx:cookie: `. */
  readonly title?: string
  readonly observers?: readonly Partial<RunObserver>[]
}

export interface WatchedRunOptions extends WatchOptions {
  readonly machine: Machine
  readonly signal: AbortSignal
}

/** Runs a scenario, and shows it on stderr. */
export function watchedRun(prepared: Prepared, options: WatchedRunOptions): Promise<Result> {
  const { machine, signal } = options
  return watch(prepared.plan, options, (observer) => {
    announceHooks(prepared.plan).forEach(observer.onNote)
    return execute(prepared, { machine, signal, observer })
  })
}

/** Calls `work` with an observer that shows the run on stderr. */
export async function watch<Outcome>(
  plan: Plan,
  { isQuiet, wantsColor, title = '', observers = [] }: WatchOptions,
  work: (observer: RunObserver) => Promise<Outcome>,
): Promise<Outcome> {
  const live = isQuiet ? null : new Live(plan, { ...liveOptions(wantsColor), title })
  try {
    return await work(combineObservers([...observers, live?.observer ?? { onError: noteOnStderr }]))
  } finally {
    live?.end()
  }
}

/** Writes lines to stderr, above the live view if there is one; with `--quiet` none. */
export function noteUnless(isQuiet: boolean): (text: string) => void {
  return isQuiet ? () => {} : noteOnStderr
}

function noteOnStderr(text: string): void {
  stderr.print(text)
}
