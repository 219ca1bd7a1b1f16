import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { type Figure, isMet } from '../bench/figure.js'
import { root } from './support/wsbench.js'

const exec = promisify(execFile)
const quick = ['receive', 'connect', 'broadcast', 'broker']

// What it measures is for a quiet machine to say: here, that the workloads of a few seconds run, and that the books of `receive`
// hold every message, which it fails without. `publish`, `garbage` and `balancer` take longer: nothing runs them here.
test('npm run bench: a round of the quickest workloads prints ratios and keeps them', async () => {
  const home = mkdtempSync(join(tmpdir(), 'wsbench-bench-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const out = join(home, 'figures.json')
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  await exec(process.execPath, [tsc, '-p', 'bench/tsconfig.json', '--outDir', join(root, 'bench/build')], {
    cwd: root,
  })
  const elsewhere = { name: 'old.figure', against: 'that machine', ratios: [1] }
  writeFileSync(out, JSON.stringify({ where: '1 cores of a Z80, Node v1', figures: [elsewhere] }))
  const run = exec(
    process.execPath,
    ['bench/build/bench/main.js', ...quick, '--rounds', '1', '--check', '--out', out],
    { cwd: root },
  )
  const { code = 0, stdout, stderr } = await run.catch((error) => error)
  const { figures } = JSON.parse(readFileSync(out, 'utf8'))
  const missed = figures.filter((figure: Figure) => isMet(figure) === false)
  expect(code).toBe(missed.length > 0 ? 1 : 0)
  for (const { name, against } of missed)
    expect(stderr).toMatch(new RegExp(`misses its target: .*${name} / ${against}`))
  expect(stderr).toContain('left out are 1 figures of 1 cores of a Z80, Node v1')
  expect(figures.map(({ name }: Figure) => name)).not.toContain(elsewhere.name)
  expect(figures.length).toBeGreaterThanOrEqual(2)
  for (const { name, against, ratios } of figures) {
    expect(stdout).toContain(name)
    expect(against).not.toBe('')
    for (const ratio of ratios) expect(ratio).toBeGreaterThan(0)
  }
})
