import type { Readable } from 'node:stream'
import { stderr, type TerminalOutput } from './terminal-output.js'

const MOST_LINES = 1_000
const LONGEST_LINE = 10_000

/** Prints what a child process writes to its stderr, line by line; no more than 1,000 lines. */
export function relayStderr(child: Readable, output: Pick<TerminalOutput, 'print'> = stderr): void {
  let pending = ''
  let lines = 0
  const relay = (line: string): void => {
    lines += 1
    if (lines < MOST_LINES) output.print(line)
    else if (lines === MOST_LINES) output.print('(what this process writes from now on is not shown)')
  }
  child
    .setEncoding('utf8')
    .on('data', (text: string) => {
      const parts = (pending + text).split('\n')
      pending = parts.pop()!
      parts.forEach(relay)
      if (pending.length <= LONGEST_LINE) return
      relay(pending)
      pending = ''
    })
    .on('end', () => {
      if (pending !== '') relay(pending)
    })
}
