import { setTimeout as delay } from 'node:timers/promises'
import { setupError, type WsbenchError } from '../base/errors.js'
import type { LaunchedProcess, Launcher } from './local/launcher.js'

const READY_WITHIN_MS = 15_000
const POLL_MS = 10

/**
 * Resolves once `isReady` is true. If the part ends first, or after 15 s: a setupError with its address (`at`) and the end of
 * its log.
 */
export async function untilReady(
  launcher: Launcher,
  launched: LaunchedProcess,
  wait: ReadyWait,
): Promise<void> {
  let how: string | null = null
  void launched.gone.then((end) => {
    how = describeEnd(end)
  })
  const isReady = await until(async () => how !== null || (await wait.isReady()), READY_WITHIN_MS)
  if (how !== null)
    throw partError(launcher, launched.part, `ended (${how}) before it was ready at ${wait.at}`)
  if (!isReady)
    throw partError(launcher, launched.part, `was not ready at ${wait.at} within ${READY_WITHIN_MS / 1000} s`)
}

export interface ReadyWait {
  /** Host and port, or file. */
  readonly at: string
  readonly isReady: () => boolean | Promise<boolean>
}

/** A part that can be waited for, with errors that have the end of its log. */
export interface WatchedPart {
  /** See untilReady. */
  untilReady(wait: ReadyWait): Promise<void>
  /** See partError. */
  error(message: string): WsbenchError
}

/** Polls until `condition` is true; false when it is not after `deadlineMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  deadlineMs: number,
): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  while (!(await condition())) {
    if (performance.now() > deadline) return false
    await delay(POLL_MS)
  }
  return true
}

/** `exit 1`, `SIGSEGV`. */
export function describeEnd(end: { code: number | null; signal: NodeJS.Signals | null }): string {
  return end.signal ?? `exit ${end.code}`
}

/** A setupError about one part, with the end of its log as the hint. */
export function partError(launcher: Launcher, part: string, message: string): WsbenchError {
  const tail = launcher.logTail(part)
  return setupError(`${part} ${message}`, tail === '' ? 'its log is empty' : `its log ends:\n${tail}`)
}
