import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { miniature, set } from './support/miniature.js'
import { describeReal, root, temporary, until } from './support/wsbench.js'

const cli = join(root, 'dist/src/cli.js')
const args = [
  'run',
  'smoke',
  ...miniature,
  ...set({
    'cluster.broker': 'embedded',
    'cluster.balancer.kind': 'embedded',
    'cluster.nodes': 3,
    chaos: '[{ at: 2s, event: node-kill, node: 2 }]',
    gates: '[]',
  }),
]

/** A run in a real terminal of this size, on its own tmux server; at the end it prints `over: <exit code>`. */
function inTerminal(columns: number, rows: number, env: Readonly<Record<string, string>>) {
  const directory = temporary('terminal')
  const { CI, NO_COLOR, FORCE_COLOR, ...own } = process.env
  const tmux = (...words: string[]): string => {
    const { stdout, stderr, status } = spawnSync('tmux', ['-u', '-S', join(directory, 'tmux'), ...words], {
      encoding: 'utf8',
      env: { ...own, TMPDIR: directory, ...env },
    })
    if (status !== 0) throw new Error(`tmux ${words[0]}: ${stderr}`)
    return stdout
  }
  const command = [process.execPath, cli, ...args].map((word) => `'${word}'`).join(' ')
  const size = ['-x', String(columns), '-y', String(rows)]
  tmux('-f', '/dev/null', 'new-session', '-d', ...size, `${command}; echo "over: $?"; exec cat`)
  onTestFinished(() => void tmux('kill-server'))
  return {
    /** The lines on the screen, with styles; `whole`: also those that have scrolled out, wrapped lines joined. */
    lines: (whole = false) =>
      tmux('capture-pane', '-p', '-e', ...(whole ? ['-J', '-S', '-'] : []))
        .trimEnd()
        .split('\n'),
    hasCursor: () => tmux('display-message', '-p', '#{cursor_flag}').trim() === '1',
  }
}

/** Lines of the live view that the summary does not have. */
const viewLines = [
  /^node-kill#1 .*left of 6 s$/,
  /^connected {2,}[\d,]+ of 60 {2,}/,
  /^sent {2,}/,
  /^received {2,}/,
  /^p50 {2,}/,
  /^p99 {2,}/,
  /^deliveries {2,}/,
  /^n1 {2,}█/,
  /^n2 {2,}.*gone/,
  /^n3 {2,}█/,
  /^✓ node-kill#1 {2}\d s ago · n2 · 20 disconnected/,
  /^generator {2,}1 worker/,
]

describeReal('a run in a terminal', ['tmux'], () => {
  it.each([
    { columns: 80, rows: 24, env: {}, hasColor: true },
    { columns: 120, rows: 40, env: { NO_COLOR: '1' }, hasColor: false },
  ])('of $columns × $rows, with $env: a live view that fits, then only the summary', async (terminal) => {
    const { columns, rows, env, hasColor } = terminal
    const { lines, hasCursor } = inTerminal(columns, rows, env)
    let styled: string[] = []
    const shown = () => styled.map(stripVTControlCharacters)
    const matching = (pattern: RegExp) => shown().filter((line) => pattern.test(line)).length
    const isWhole = () => {
      styled = lines()
      return viewLines.every((pattern) => matching(pattern) === 1)
    }
    await until(isWhole, 'the whole live view', 30_000).catch((error: Error) => {
      throw new Error(`${error.message}; it is\n${shown().join('\n')}`)
    })
    expect(shown().length).toBeLessThan(rows)
    for (const line of shown()) expect(line.length, line).toBeLessThan(columns)
    expect(matching(/^smoke .*embedded .* 3 nodes/)).toBe(1)
    expect(styled.some((line) => line.includes('\u001b['))).toBe(hasColor)
    expect(hasCursor()).toBe(false)

    await until(() => lines().some((line) => line.startsWith('over: ')), 'the end', 30_000)
    styled = lines(true)
    expect(shown().at(-1)).toBe('over: 0')
    expect(shown()[0]).toMatch(/^✓ PASS \(no gates: nothing was required\) {2}smoke\b/)
    expect(shown().filter((line) => viewLines.some((pattern) => pattern.test(line)))).toEqual([])
    expect(matching(/^ {2}latency {2,}p50 /)).toBe(1)
    // Nothing has scrolled out: with the prompt below it, the screen shows the whole of it.
    expect(lines().map(stripVTControlCharacters)).toEqual(shown())
    expect(styled.some((line) => line.includes('\u001b['))).toBe(hasColor)
    expect(hasCursor()).toBe(true)
  })
})
