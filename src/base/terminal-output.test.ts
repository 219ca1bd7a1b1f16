import { PassThrough } from 'node:stream'
import { afterEach, expect, test, vi } from 'vitest'
import { TerminalOutput } from './terminal-output.js'

afterEach(() => vi.unstubAllEnvs())

/** What `act` writes to a stream. */
function written(act: (output: TerminalOutput) => void): string {
  const stream = new PassThrough()
  act(new TerminalOutput(() => stream as unknown as NodeJS.WriteStream))
  return String(stream.read() ?? '')
}

test.each([
  ['a colour', 'a\u001b[31mred', 'a\\u{1b}[31mred\n'],
  ['C1 and bidirectional overrides', '\u009b2J\u202e', '\\u{9b}2J\\u{202e}\n'],
  ['a carriage return within a line', 'visible\rhidden', 'visible\\u{d}hidden\n'],
  ['lines and tabs stay', 'one\r\n\ttwo\n', 'one\r\n\ttwo\n'],
])('a note: %s', (_, text, escaped) => {
  expect(written((output) => output.print(text))).toBe(escaped)
})

test('a report keeps its colours, and nothing else', () => {
  const text = '\u001b[1;32mPASS\u001b[39m \u001b]0;title\u0007\u001b[2J\n'
  expect(written((output) => output.printReport(text))).toBe(
    '\u001b[1;32mPASS\u001b[39m \\u{1b}]0;title\\u{7}\\u{1b}[2J\n',
  )
})

const commands = 'a\n::error file=x::b\n  ::notice::c\nd ##[group]e ::f\n'

test('under GitHub Actions no line of a note or a report is a workflow command', () => {
  vi.stubEnv('GITHUB_ACTIONS', 'true')
  const escaped = 'a\n\\u{3a}:error file=x::b\n  \\u{3a}:notice::c\nd \\u{23}#[group]e ::f\n'
  expect(written((output) => output.print(commands))).toBe(escaped)
  expect(written((output) => output.printReport(commands))).toBe(escaped)
  expect(written((output) => output.printCommands(commands))).toBe(commands)
})

test('elsewhere they are text like any other', () => {
  vi.stubEnv('GITHUB_ACTIONS', '')
  expect(written((output) => output.print(commands))).toBe(commands)
})

test('a report without text writes nothing', () => {
  expect(written((output) => output.printReport(''))).toBe('')
})
