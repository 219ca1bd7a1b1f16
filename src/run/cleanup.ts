import { escapeText } from '../base/escape.js'
import type { Timeline } from '../chaos/timeline.js'

/** `cleanup required: kubectl#1: kubectl uncordon machine-1`, one line for each action of a hook that is still in effect. */
export function cleanupRequired(timeline: Pick<Timeline, 'pendingUndo'>): string[] {
  return timeline.pendingUndo().map((undo) => `cleanup required: ${escapeText(undo)}`)
}

/** Calls `say` with the cleanup required if the process exits, as at a second Ctrl-C; the function returned ends that. */
export function sayCleanupAtExit(timeline: Timeline, say: (text: string) => void): () => void {
  const onExit = (): void => cleanupRequired(timeline).forEach(say)
  process.on('exit', onExit)
  return () => void process.off('exit', onExit)
}
