import { chmodSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { miniature, set } from './support/miniature.js'
import { barePath, describeReal, type Started, start, temporary, until, wsbench } from './support/wsbench.js'

const long = [...miniature, ...set({ 'phases.measure': '60s', 'chaos[0].at': '55s' })]

/** A run under load: its processes are up and messages flow. */
async function underLoad(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Started> {
  const started = start(['run', 'node-kill', ...long, ...args], env)
  await started.said('steady')
  return started
}

function pidOf(started: Started, part: string): number {
  const found = [...started.processes()].find(([, command]) => command.includes(part))
  if (!found) throw new Error(`no ${part} among ${[...started.processes().values()].join('\n')}`)
  return found[0]
}

function interruptionSuite(args: readonly string[]): void {
  it('Ctrl-C: a partial result, exit 130, nothing left behind', async () => {
    const started = await underLoad(args)
    started.child.kill('SIGINT')
    const { code, result, stdout, orphans, leftovers } = await started.finished
    expect(code).toBe(130)
    expect(result?.verdict.outcome).toBe('interrupted')
    expect(result?.delivery.due).toBeGreaterThan(0)
    expect(stdout).toMatch(/interrupted/i)
    expect(orphans).toEqual([])
    expect(leftovers).toEqual([])
  })

  it('SIGKILL of wsbench itself: no process and no run directory is left', async () => {
    const started = await underLoad(args)
    started.child.kill('SIGKILL')
    const { orphans, leftovers } = await started.finished
    expect(orphans).toEqual([])
    expect(leftovers).toEqual([])
  })
}

describeReal('interrupted, on nginx and redis', ['nginx', 'redis-server'], () =>
  interruptionSuite(['--balancer', 'nginx']),
)
describe('interrupted, on embedded parts', () =>
  interruptionSuite(['--balancer', 'embedded', '--set', 'cluster.broker=embedded']))

describe('a part that dies under load', () => {
  const embedded = [
    '--balancer',
    'embedded',
    ...set({ 'cluster.broker': 'embedded', 'phases.measure': '6s', 'chaos[0].at': '5s' }),
  ]

  it('a worker: the run is invalid and says so', async () => {
    const started = await underLoad(embedded)
    process.kill(pidOf(started, 'generator/worker.js'), 'SIGKILL')
    const { code, result, orphans, leftovers } = await started.finished
    expect(code).toBe(4)
    expect(result?.verdict.reasons.join('\n')).toMatch(/worker/)
    expect(orphans).toEqual([])
    expect(leftovers).toEqual([])
  })

  it('a node: the run is invalid and names it', async () => {
    const started = await underLoad(embedded)
    process.kill(pidOf(started, 'reference-cluster/node/main.js'), 'SIGKILL')
    const { code, result, orphans, leftovers } = await started.finished
    expect(code).toBe(4)
    expect(result?.verdict.reasons.join('\n')).toMatch(/n1.*SIGKILL/)
    expect(orphans).toEqual([])
    expect(leftovers).toEqual([])
  })
})

describe('set-up that fails', () => {
  it('nginx that does not start: exit 3 with the last lines of its log, nothing left behind', async () => {
    const directory = temporary('broken')
    const program = join(directory, 'nginx')
    writeFileSync(
      program,
      '#!/bin/sh\ncase "$1" in -v) echo "nginx version: nginx/1.22.1" >&2; exit 0;; esac\necho "[emerg] bind() to 127.0.0.1:80 failed" >&2\nexit 1\n',
    )
    chmodSync(program, 0o755)
    symlinkSync(process.execPath, join(directory, 'node'))
    const { code, stderr, orphans, leftovers } = await wsbench(['run', 'smoke', '--balancer', 'nginx'], {
      PATH: `${directory}:/bin:/usr/bin`,
    })
    expect(code).toBe(3)
    expect(stderr).toMatch(/nginx/)
    expect(stderr).toMatch(/\[emerg\] bind\(\) to 127\.0\.0\.1:80 failed/)
    expect(orphans).toEqual([])
    expect(leftovers).toEqual([])
  })
})

describe('bad input', () => {
  it('six mistakes: six located problems, exit 2, nothing started', async () => {
    const directory = temporary('bad')
    const file = join(directory, 'bad.yaml')
    writeFileSync(
      file,
      [
        'name: bad',
        'cluster: { nodes: 0, balancer: { kind: ngnix } }',
        'clients: { count: 100, connectRate: 5 }',
        'traffic:',
        '  - channel: { name: all, members: all }',
        '    rate: 1/s',
        '    size: 256',
        'phases: { measure: 10s }',
        'chaos:',
        '  - { at: 2s, event: node-kil }',
        'gates:',
        '  - latency.p98 < 5ms',
      ].join('\n'),
    )
    const { code, stderr, stdout, orphans } = await wsbench(['run', file])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    const located = stderr.split('\n').filter((line) => /bad\.yaml:\d+:\d+/.test(line))
    expect(located.map((line) => /bad\.yaml:(\d+):/.exec(line)?.[1])).toEqual([
      '2',
      '2',
      '3',
      '7',
      '10',
      '12',
    ])
    expect(orphans).toEqual([])
  })

  it.each([
    [['run']],
    [['run', 'no-such-scenario']],
    [['frobnicate']],
    [['run', 'smoke', '--set', 'nonsense']],
  ])('%j: exit 2', async (args) => {
    const { code, stderr } = await wsbench(args)
    expect(stderr).not.toBe('')
    expect(code).toBe(2)
  })

  it('--dry-run starts nothing and says what would be real and what embedded', async () => {
    const started = start(['run', 'smoke', '--dry-run'], { PATH: barePath(), CI: '' })
    const { code, stdout, result } = await started.finished
    expect(code).toBe(0)
    expect(result).toBeNull()
    expect(stdout).toMatch(/embedded/)
    await until(() => started.processes().size === 0, 'no process')
  })
})
