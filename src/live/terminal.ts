import { stderr, stdout } from '../base/terminal-output.js'
import type { RenderOptions } from '../reporters/reporter.js'
import type { LiveOptions } from './live.js'

/** How a report is rendered on stdout; `wantsColor` is false with `--no-color`. */
export function renderingFor(wantsColor: boolean): RenderOptions {
  return { columns: stdout.stream().columns ?? 80, color: wantsColor && hasColor() }
}

/** Where the live view is shown, and how. */
export function liveOptions(wantsColor = true): Omit<LiveOptions, 'title'> {
  const { env } = process
  const stream = stderr.stream()
  const isTerminal = stream.isTTY === true && !env.CI && env.TERM !== 'dumb'
  return {
    output: stderr,
    isTerminal,
    color: wantsColor && isTerminal && !env.NO_COLOR && stream.hasColors(),
  }
}

function hasColor(): boolean {
  if (process.env.NO_COLOR) return false
  const stream = stdout.stream()
  return stream.isTTY ? stream.hasColors() : Boolean(process.env.FORCE_COLOR)
}
