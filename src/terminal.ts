import type { RenderOptions } from './reporters/reporter.js'

/** How stdout takes a report; `wantsColor` is what `--no-color` left. */
export function renderingFor(wantsColor: boolean): RenderOptions {
  return { columns: process.stdout.columns ?? 80, color: wantsColor && hasColor() }
}

/** Whether stderr can rewrite its line. */
export function isLiveTerminal(): boolean {
  return process.stderr.isTTY && !process.env.CI && process.env.TERM !== 'dumb'
}

function hasColor(): boolean {
  if (process.env.NO_COLOR) return false
  return process.stdout.isTTY ? process.stdout.hasColors() : Boolean(process.env.FORCE_COLOR)
}
