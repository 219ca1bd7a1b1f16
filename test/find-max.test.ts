import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { MaxSearch } from '../src/results/max-search/max-search.js'
import { miniature, set } from './support/miniature.js'
import { wsbench } from './support/wsbench.js'

const tiny = [
  ...miniature,
  ...set({
    'phases.warmup': '100ms',
    'phases.measure': '1s',
    'phases.grace': '500ms',
    traffic: '[{ channel: { name: scores }, rate: 5/s }]',
    chaos: '[]',
  }),
  ...['--balancer', 'embedded', '--set', 'cluster.broker=embedded', '--set', 'gates=[]'],
]

it('doubles, narrows down to the highest level that passes, and reports the limiting factor', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wsbench-find-max-'))
  const file = join(directory, 'search.json')
  // Clients and one publisher: 14 clients open 15 connections.
  const { code, stdout, stderr, orphans, leftovers } = await wsbench([
    ...['run', 'smoke', ...tiny, '--find-max', 'connections.opened <= 15', '--ramp', 'clients=10..20'],
    ...['--out', `json=${file}`, '--out', `table=${join(directory, 'search.txt')}`],
  ])
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/✓ clients\.count = 14 {2}smoke/)
  expect(stdout).toMatch(/! limiting factor at 15: the cluster: a gate failed/)
  expect(existsSync(file)).toBe(true)
  const search = JSON.parse(readFileSync(file, 'utf8')) as MaxSearch
  const again = await wsbench([
    ...['report', file, '--out', `json=${join(directory, 'again.json')}`],
    ...['--out', `table=${join(directory, 'again.txt')}`],
  ])
  expect(again, again.stderr).toMatchObject({ code: 0, stdout: '' })
  const read = (name: string) => readFileSync(join(directory, name), 'utf8')
  expect([read('again.json'), read('again.txt')]).toEqual([read('search.json'), read('search.txt')])
  expect((await wsbench(['report', file])).stdout).toBe(stdout)
  const unfit = await wsbench(['report', file, '--out', `junit=${join(directory, 'junit.xml')}`])
  expect([unfit.code, unfit.stderr]).toEqual([2, expect.stringContaining('with a kind of json, table')])
  rmSync(directory, { recursive: true })
  expect(search).toMatchObject({
    version: 1,
    kind: 'find-max',
    highestPassing: { text: '14', value: 14 },
    limitedBy: { by: 'gate', value: 15 },
  })
  expect(search.levels.map(({ value, outcome }) => [value, outcome])).toEqual([
    [10, 'pass'],
    [20, 'fail'],
    [14, 'pass'],
    [17, 'fail'],
    [15, 'fail'],
  ])
  expect([orphans, leftovers]).toEqual([[], []])
})

it('attributes the limit to the generator if that was overloaded', async () => {
  const { code, stdout } = await wsbench([
    ...['run', 'smoke', ...tiny, '--set', 'validity.workerCpu=1%', '--set', 'validity.eventLoopLag=1ms'],
    ...['--find-max', 'latency.p99 < 10m', '--ramp', 'clients=10..20', '--json'],
  ])
  const search = JSON.parse(stdout) as MaxSearch
  expect(search.limitedBy?.by).toBe('generator')
  expect(search.highestPassing).toBeNull()
  expect(code).toBe(4)
})

it.each([
  ['--dry-run', 'has no dry run'],
  ['--metrics=127.0.0.1:0', 'exports no metrics'],
  ['--otlp=http://127.0.0.1:4318', 'exports no metrics'],
])('%s is refused', async (option, words) => {
  const { code, stderr } = await wsbench(['run', 'smoke', '--find-max', 'delivery.lost == 0', option])
  expect([code, stderr]).toEqual([2, expect.stringContaining(`--find-max ${words}`)])
})
