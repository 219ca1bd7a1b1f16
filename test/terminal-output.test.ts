import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root, temporary, wsbench } from './support/wsbench.js'

const door = 'src/base/terminal-output.ts'
const writers =
  /process\.(stdout|stderr)\b|\{[^}]*\b(stdout|stderr)\b[^}]*\} = process\b|console\.|_rawDebug|'inherit'|\/dev\/(stdout|stderr|tty)|writeSync\([12]\b/

test('only one file writes to the terminal', () => {
  const sources = ['src', 'reference-cluster'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('testing/'))
      .map((file) => `${folder}/${file}`),
  )
  const writing = sources.filter((file) => writers.test(readFileSync(join(root, file), 'utf8')))
  expect(writing).toEqual([door])
})

test('a scenario can neither colour the terminal nor give GitHub a command', async () => {
  const file = join(temporary('hostile'), 'hostile.yaml')
  writeFileSync(file, 'gates: ["a\\n::error file=x::b\\n\\e[31mRED"]\n')
  const { code, stdout, stderr } = await wsbench(['validate', file], { GITHUB_ACTIONS: 'true' })
  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain('gates[0]: gate "a\\u{a}::error file=x::b\\u{a}\\u{1b}[31mRED"')
  expect(stderr).not.toMatch(/[^\P{C}\n]|^\s*::/mu)
})

test('a usage error and the name of a file are escaped too', async () => {
  for (const args of [['validate', 'no\n::error::x\u001b[31m'], ['--\u001b[31mfoo']]) {
    const { code, stderr } = await wsbench(args, { GITHUB_ACTIONS: 'true' })
    expect(code).toBe(2)
    expect(stderr).not.toMatch(/[^\P{C}\n]|^\s*::/mu)
  }
})
