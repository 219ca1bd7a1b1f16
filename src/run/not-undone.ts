import { escapeText } from '../base/escape.js'
import type { Timeline } from '../chaos/timeline.js'

/** `not undone: kubectl#1: kubectl uncordon machine-1`, a line each: what is left to be done by hand. */
export function notUndone(timeline: Pick<Timeline, 'owed'>): string[] {
  return timeline.owed().map((owed) => `not undone: ${escapeText(owed)}`)
}

/**
 * Should the process end before `timeline` has undone all, as at a second Ctrl-C, stderr says what is left. The function
 * returned says that it has.
 */
export function tellAtExit(timeline: Pick<Timeline, 'owed'>): () => void {
  const tell = (): void => {
    for (const line of notUndone(timeline)) process.stderr.write(`${line}\n`)
  }
  process.on('exit', tell)
  return () => void process.off('exit', tell)
}
