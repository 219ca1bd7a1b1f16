import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { reporters } from '../src/reporters/index.js'
import type { Reporter } from '../src/reporters/reporter.js'
import type { Comparison } from '../src/results/comparison/comparison.js'
import { miniature, set } from './support/miniature.js'
import { start, wsbench } from './support/wsbench.js'

const home = mkdtempSync(join(tmpdir(), 'wsbench-compare-'))
afterAll(() => rmSync(home, { recursive: true }))
const embedded = set({
  'cluster.broker': 'embedded',
  'chaos[0].at': '1s',
  'phases.measure': '4s',
})
const kinds = Object.values<Reporter>(reporters)
  .filter(({ renderComparison }) => renderComparison)
  .map(({ kind }) => kind)
const outs = (prefix: string) =>
  kinds.flatMap((kind) => ['--out', `${kind}=${join(home, `${prefix}.${kind}`)}`])
const over = ['--over', 'cluster.balancer=embedded:cookie,embedded:round-robin']

describe('compare on embedded parts', () => {
  it('two cells, one table, saved and rendered again', async () => {
    const file = join(home, 'cmp.json')
    const args = ['compare', 'node-kill', ...miniature, ...embedded, ...over, '--out', `json=${file}`]
    args.push(...outs('first'))
    const { code, stdout, stderr, orphans, leftovers } = await wsbench(args)
    const saved = JSON.parse(readFileSync(file, 'utf8')) as Comparison
    expect([orphans, leftovers]).toEqual([[], []])
    expect(stderr.split('\n')[0]).toMatch(/^node-kill: 2 cells × 1 = 2 runs, about [\w ]+ in total$/)
    expect(saved.cells.map(({ name, runs }) => [name, runs.length])).toEqual([
      ['embedded:cookie', 1],
      ['embedded:round-robin', 1],
    ])
    const runs = saved.cells.flatMap((cell) => cell.runs)
    expect(runs.map(({ cluster }) => cluster.balancer.strategy)).toEqual(['cookie', 'round-robin'])
    expect(new Set(runs.map(({ scenario }) => scenario.plan.seed)).size).toBe(1)
    expect([0, 99], stdout).toContain(code)
    expect(stdout).toContain('Side by side, with an embedded balancer and broker')
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)

    const again = await wsbench(['compare', file])
    expect(again.stdout).toBe(stdout)
    expect(again.code).toBe(code)

    const reported = await wsbench(['report', file, ...outs('reported')])
    expect(reported, reported.stderr).toMatchObject({ code: 0, stdout: '' })
    await wsbench(['compare', file, ...outs('compared')])
    for (const kind of kinds) {
      const first = readFileSync(join(home, `first.${kind}`), 'utf8')
      for (const prefix of ['reported', 'compared']) {
        expect(readFileSync(join(home, `${prefix}.${kind}`), 'utf8'), `${prefix} ${kind}`).toBe(first)
      }
    }

    const files = ['one.json', 'two.json'].map((name) => join(home, name))
    for (const [index, path] of files.entries()) writeFileSync(path, JSON.stringify(runs[index]))
    const sideBySide = await wsbench(['compare', ...files])
    expect(sideBySide.stdout).toMatch(/ one /)
    expect(sideBySide.stdout).toContain('cluster.balancer.strategy: cookie, round-robin')
    expect(sideBySide.code).toBe(code)
  })

  it('Ctrl-C: a partial comparison, exit 130, nothing left behind', async () => {
    const started = start(['compare', 'node-kill', ...miniature, ...embedded, ...over])
    await started.said('1/2 embedded:cookie: steady')
    started.child.kill('SIGINT')
    const { code, stdout, orphans, leftovers } = await started.finished
    expect(code).toBe(130)
    expect(stdout).toMatch(/INTERRUPTED {2}comparison/)
    expect(stdout).toMatch(/embedded:cookie: INTERRUPTED/)
    expect(stdout).toMatch(/embedded:round-robin: NOT RUN/)
    expect([orphans, leftovers]).toEqual([[], []])
  })
})

describe('bad input is refused before anything is started', () => {
  it('every bad --over at once', async () => {
    const bad = [
      'cluster.nodes',
      'cluster..nodes=2',
      'clients.count=5,,6',
      'seed=1,1',
      'cluster.nodes=none',
      'cluster.balancer=ngnix:cookie',
    ]
    const { code, stdout, stderr, orphans } = await wsbench([
      'compare',
      'smoke',
      ...bad.flatMap((option) => ['--over', option]),
    ])
    expect(code).toBe(2)
    expect([stdout, orphans]).toEqual(['', []])
    const lines = stderr.split('\n').filter((line) => line.startsWith('--over '))
    expect(lines).toHaveLength(bad.length)
    for (const option of bad) expect(stderr).toContain(`--over ${option}: `)
  })

  const broken = join(home, 'broken.json')
  writeFileSync(broken, '{\n  "version": 1\n  "tool": {} }')
  const foreign = join(home, 'foreign.json')
  writeFileSync(foreign, '{ "version": 1, "tool": { "name": "k6" } }')

  it.each([
    [[broken], /broken\.json:3:3: no JSON/],
    [[foreign], /foreign\.json: tool\.name: /],
    [[home], /is not a file/],
    [[join(home, 'nowhere.json')], /cannot read/],
    [['smoke', 'node-kill', ...over], /takes one scenario/],
    [['smoke', ...over, '--repeat', '0'], /--repeat 0: expected a whole number/],
    [[foreign, '--repeat', '2'], /--set and --repeat are for running a scenario/],
    [['smoke', ...over, '--out', 'hlog=x'], /--out hlog=x: expected kind=path/],
  ])('%j', async (args, words) => {
    const { code, stderr } = await wsbench(['compare', ...args])
    expect(stderr).toMatch(words)
    expect(code).toBe(2)
  })
})
