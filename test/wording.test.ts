import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { miniature } from './support/miniature.js'
import { retiredIn } from './support/retired-words.js'
import { root, wsbench } from './support/wsbench.js'

const written = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((file) => /\.(?:ts|mjs|md|ya?ml|json|css)$/.test(file))
  // The list itself, what npm wrote, and the history of names.
  .filter(
    (file) =>
      ![
        'test/support/retired-words.ts',
        'test/wording.test.ts',
        'package-lock.json',
        'CHANGELOG.md',
      ].includes(file),
  )

it('finds a retired word where there is one', () => {
  expect(retiredIn('a.md', 'fine\nThe doubts are laid on the cluster.')).toEqual([
    'a.md:2: "laid on" (instead: attributedTo, attributed to)',
  ])
})

it('source, docs and scenarios have none', () => {
  expect(written.length).toBeGreaterThan(500)
  expect(written.flatMap((file) => retiredIn(file, readFileSync(join(root, file), 'utf8')))).toEqual([])
})

it('--help of every command has none', async () => {
  const { stdout: top } = await wsbench(['--help'])
  const commands = [...top.matchAll(/^ {2}([a-z]+)[ |]/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'help')
  expect(commands.length).toBeGreaterThanOrEqual(9)
  const helps = await Promise.all(commands.map((name) => wsbench([name, '--help'])))
  const texts = [['wsbench', top], ...commands.map((name, index) => [name, helps[index]!.stdout])]
  expect(texts.filter(([, text]) => !text)).toEqual([])
  expect(texts.flatMap(([name, text]) => retiredIn(`${name} --help`, text!))).toEqual([])
})

it('what a run prints and writes has none', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-wording-'))
  const kinds = ['table', 'html', 'markdown', 'junit', 'csv', 'github']
  const outputs = kinds.flatMap((kind) => ['--out', `${kind}=${join(directory, kind)}`])
  const { stdout, stderr } = await wsbench([
    'run',
    'node-kill',
    ...miniature,
    '--set',
    'chaos[0].at=1s',
    ...outputs,
  ])
  const texts = [
    ['stdout', stdout],
    ['stderr', stderr],
    ...kinds.map((kind) => [kind, readFileSync(join(directory, kind), 'utf8')]),
  ] as const
  expect(stdout).toMatch(/^ {2}deliveries /m)
  expect(texts.flatMap(([name, text]) => retiredIn(name, text))).toEqual([])
})
