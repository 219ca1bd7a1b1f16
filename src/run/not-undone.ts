import { escapeText } from '../base/escape.js'
import type { Timeline } from '../chaos/timeline.js'

/** `not undone: kubectl#1: kubectl uncordon machine-1`, a line each: what is left to be done by hand. */
export function cleanupRequired(timeline: Pick<Timeline, 'pendingUndo'>): string[] {
  return timeline.pendingUndo().map((pendingUndo) => `not undone: ${escapeText(pendingUndo)}`)
}

/**
 * Should the process end before `timeline` has undone all, as at a second Ctrl-C, stderr says what is left. The function
 * returned says that it has.
 */
export function tellAtExit(timeline: Pick<Timeline, 'pendingUndo'>): () => void {
  const tell = (): void => {
    for (const line of cleanupRequired(timeline)) process.stderr.write(`${line}\n`)
  }
  process.on('exit', tell)
  return () => void process.off('exit', tell)
}
