import { PassThrough } from 'node:stream'
import { afterEach, expect, test } from 'vitest'
import { Screen } from './screen.js'

let screen: Screen | undefined
afterEach(() => screen?.close())

function open(text: () => string) {
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns: 40, rows: 10 })
  screen = new Screen(stream as unknown as NodeJS.WriteStream, text)
  const written = () => String(stream.read() ?? '')
  return { screen, stream, written }
}

const shown = '\u001b[?25h'

test('hides the cursor, draws, and leaves nothing but the cursor', () => {
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

test('what others write stands whole above the picture', () => {
  const { screen, stream, written } = open(() => 'picture')
  screen.refresh()
  written()
  stream.write('a warning')
  expect(written()).toMatch(/\u001b\[2K.*a warning\n.*picture/s)
})

test('draws anew when the terminal was resized, below where the broken lines began', () => {
  const { screen, stream, written } = open(() => `${'x'.repeat(30)}\n${'y'.repeat(30)}`)
  screen.refresh()
  written()
  stream.columns = 20
  stream.emit('resize')
  expect(written()).toContain(`\r\u001b[2K${'\u001b[1A\u001b[2K'.repeat(4)}`)
})

test('gives the stream back as it was', () => {
  const { screen, stream, written } = open(() => 'picture')
  screen.refresh()
  screen.close()
  screen.refresh()
  written()
  stream.write('after')
  expect(written()).toBe('after')
})
