import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { root } from './support/wsbench.js'

const exec = promisify(execFile)

// What it measures is for a quiet machine to say: here, that each workload runs, and its books hold every message.
test('npm run bench: a round of the quickest workloads prints ratios and keeps them', async () => {
  const home = mkdtempSync(join(tmpdir(), 'wsbench-bench-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  const out = join(home, 'figures.json')
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  await exec(process.execPath, [tsc, '-p', 'bench/tsconfig.json', '--outDir', join(root, 'bench/build')], {
    cwd: root,
  })
  const { stdout } = await exec(
    process.execPath,
    ['bench/build/bench/main.js', 'receive', 'connect', '--rounds', '1', '--out', out],
    { cwd: root },
  )
  const { figures } = JSON.parse(readFileSync(out, 'utf8'))
  expect(figures.length).toBeGreaterThanOrEqual(2)
  for (const { name, against, ratios } of figures) {
    expect(stdout).toContain(name)
    expect(against).not.toBe('')
    for (const ratio of ratios) expect(ratio).toBeGreaterThan(0)
  }
})
