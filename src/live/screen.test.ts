import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { TerminalOutput } from '../base/terminal-output.js'
import { Screen } from './screen.js'

let screen: Screen | undefined
afterEach(() => screen?.close())

function open(text: () => string) {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 40, rows: 10 })
  const output = new TerminalOutput(() => stream as unknown as NodeJS.WriteStream)
  screen = new Screen(output, text)
  const written = () => String(stream.read() ?? '')
  return { screen, stream, output, written }
}

const shown = '\u001b[?25h'

test('hides the cursor, draws, and at the end erases everything and shows the cursor', () => {
  const { screen, written } = open(() => 'one\ntwo')
  screen.refresh()
  expect(written()).toMatch(/^\u001b\[\?25l.*one\ntwo/s)
  screen.close()
  const last = written()
  expect(last).toContain('\u001b[2K')
  expect(last.endsWith(shown)).toBe(true)
  expect(last).not.toContain('one')
})

test('writes only the lines that changed', () => {
  let second = 'two'
  const { screen, written } = open(() => `one\n${second}\nthree`)
  screen.refresh()
  written()
  second = '2'
  screen.refresh()
  const patch = written()
  expect(patch).toContain('2')
  expect(patch).not.toMatch(/one|three/)
  screen.refresh()
  expect(written()).toBe('')
})

test('shows what else is printed above the view', () => {
  const { screen, output, written } = open(() => 'view')
  screen.refresh()
  written()
  output.print('a warning')
  expect(written()).toMatch(/\u001b\[2K.*a warning\n.*view/s)
})

test('after a resize erases the lines as the terminal has wrapped them, and draws again', () => {
  const { screen, stream, written } = open(() => `${'x'.repeat(30)}\n${'y'.repeat(30)}`)
  screen.refresh()
  written()
  stream.columns = 20
  stream.emit('resize')
  expect(written()).toContain(`\r\u001b[2K${'\u001b[1A\u001b[2K'.repeat(4)}`)
})

test('once closed, is not drawn again', () => {
  const { screen, output, written } = open(() => 'view')
  screen.refresh()
  screen.close()
  screen.refresh()
  written()
  output.print('after')
  expect(written()).toBe('after\n')
})
