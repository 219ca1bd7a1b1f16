import type { RenderOptions } from '../reporters/reporter.js'
import type { LiveOptions } from './live.js'

/** How a report is rendered on stdout; `wantsColor` is false with `--no-color`. */
export function renderingFor(wantsColor: boolean): RenderOptions {
  return { columns: process.stdout.columns ?? 80, color: wantsColor && hasColor() }
}

/** Where the live view is shown, and how. */
export function liveOptions(wantsColor = true): Omit<LiveOptions, 'title'> {
  const { stderr, env } = process
  const isTerminal = stderr.isTTY === true && !env.CI && env.TERM !== 'dumb'
  return {
    stream: stderr,
    isTerminal,
    color: wantsColor && isTerminal && !env.NO_COLOR && stderr.hasColors(),
  }
}

function hasColor(): boolean {
  if (process.env.NO_COLOR) return false
  return process.stdout.isTTY ? process.stdout.hasColors() : Boolean(process.env.FORCE_COLOR)
}
