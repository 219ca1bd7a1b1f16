import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { miniature, set } from './support/miniature.js'
import { describeReal, type Started, start } from './support/wsbench.js'

/** More than one, so that the worker waits for several slices even where the scheduler is generous to it. */
const BUSY_LOOPS = 4
/** Should this process die, they end by themselves. */
const BUSY_MS = 60_000

const loops: ChildProcess[] = []
afterEach(() => {
  for (const loop of loops.splice(0)) loop.kill('SIGKILL')
})

describeReal('a starved generator', ['taskset', 'renice'], () => {
  it('workers pinned beside busy loops: invalid, exit 4, and the figure to blame', async () => {
    const started = start([
      'run',
      'node-kill',
      ...miniature,
      ...set({
        validity: '{}',
        'cluster.balancer.kind': 'embedded',
        'cluster.broker': 'embedded',
        'traffic[0].rate': '50/s',
        'chaos[0].at': '4s',
      }),
      '--set',
      'gates=[latency.p99 < 10m]',
    ])
    await started.said('steady')
    starve(started)
    // The parent goes on unhurt and says so; by then the measure phase has passed.
    await started.said('settling')
    for (const loop of loops) loop.kill('SIGKILL')
    const { code, stdout, result, orphans, leftovers } = await started.finished
    expect(result?.verdict.outcome, stdout).toBe('invalid')
    expect(code).toBe(4)
    expect(result!.verdict.reasons.join('\n')).toMatch(
      /^(event-loop lag|generator delay) p99 .* bound 100 ms: use fewer/m,
    )
    expect(stdout).toMatch(/^\? INVALID/)
    expect(stdout).toMatch(/^ {2}\? (event-loop lag|generator delay) p99/m)
    expect(orphans).toEqual([])
    expect(leftovers).toEqual([])
  })

  it('a worker stopped for 95 ms of 10 s: a gate on p99.9 is undecided', async () => {
    const started = start([
      'run',
      'smoke',
      ...miniature,
      ...set({
        'cluster.balancer.kind': 'embedded',
        'cluster.broker': 'embedded',
        'traffic[0].rate': '100/s',
        'phases.measure': '10s',
        chaos: '[]',
      }),
      '--set',
      'gates=[latency.p999 < 100ms, delivery.lost == 0]',
    ])
    await started.said('steady')
    for (const pid of workersOf(started)) process.kill(pid, 'SIGSTOP')
    await setTimeout(95)
    for (const pid of workersOf(started)) process.kill(pid, 'SIGCONT')
    const { code, stdout, result } = await started.finished
    expect(
      result!.gates.map(({ expression, outcome }) => [expression, outcome]),
      stdout,
    ).toEqual([
      ['latency.p999 < 100ms', 'undecided'],
      ['delivery.lost == 0', 'pass'],
    ])
    expect([result!.verdict.outcome, code]).toEqual(['invalid', 4])
    expect(result!.verdict.reasons.join('\n')).toMatch(/latency\.p999 < 100ms/)
  })
})

function workersOf(started: Started): number[] {
  const workers = [...started.processes()].filter(([, command]) => command.includes('generator/worker.js'))
  expect(workers.length).toBeGreaterThan(0)
  return workers.map(([pid]) => pid)
}

/** Busy loops on one core, and the generator's workers on the same one with less right to it: starved, but not stopped. */
function starve(started: Started): void {
  const core = firstCore()
  for (let index = 0; index < BUSY_LOOPS; index += 1) {
    const spin = `const end = Date.now() + ${BUSY_MS}; while (Date.now() < end);`
    loops.push(spawn('taskset', ['-c', core, process.execPath, '-e', spin], { stdio: 'ignore' }))
  }
  for (const pid of workersOf(started)) {
    execFileSync('taskset', ['-a', '-p', '-c', core, String(pid)], { stdio: 'ignore' })
    execFileSync('renice', ['-n', '10', '-p', String(pid)], { stdio: 'ignore' })
  }
}

function firstCore(): string {
  const status = readFileSync('/proc/self/status', 'utf8')
  return /^Cpus_allowed_list:\s+(\d+)/m.exec(status)?.[1] ?? '0'
}
