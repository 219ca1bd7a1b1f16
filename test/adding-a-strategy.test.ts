import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Strategy } from '../src/cluster/affinity/strategy.js'
import { affinityFor, capableOf } from '../src/cluster/affinity/strategy.js'
import { canRun, withBalancer } from '../src/cluster/testing/balanced.js'
import { connectMany, tally } from '../src/cluster/testing/client.js'
import { root } from './support/wsbench.js'

let directory: string
let randomOne: Strategy

/** Compiles the larger example of docs/adding-a-strategy.md, strictly, against the real contract. */
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'wsbench-docs-'))
  const page = readFileSync(join(root, 'docs/adding-a-strategy.md'), 'utf8')
  const code = /```ts file=\S*random-one\.ts\n([\s\S]*?)```/.exec(page)![1]!
  const contract = join(root, 'src/cluster/affinity/strategy.js')
  writeFileSync(join(directory, 'random-one.ts'), code.replace('./strategy.js', contract))
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }')
  const options = ['--strict', '--module', 'NodeNext', '--target', 'ES2023', '--types', '']
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const outDir = join(directory, 'out')
  execFileSync(process.execPath, [tsc, 'random-one.ts', ...options, '--rootDir', '/', '--outDir', outDir], {
    cwd: directory,
  })
  ;({ randomOne } = await import(join(outDir, directory, 'random-one.js')))
})

afterAll(() => rmSync(directory, { recursive: true }))

it('is refused where it has null', () => {
  expect(capableOf(randomOne, ['nginx', 'haproxy', 'embedded'])).toEqual(['nginx', 'haproxy'])
  expect(() => affinityFor(randomOne, 'embedded')).toThrow('embedded does not support random-one')
})

it.each((['nginx', 'haproxy'] as const).filter(canRun))('works on %s', async (kind) => {
  await withBalancer({ kind, strategy: randomOne }, async ({ endpoint }) => {
    expect(Object.keys(tally(await connectMany(endpoint, 60))).sort()).toEqual(['n1', 'n2', 'n3'])
  })
})
