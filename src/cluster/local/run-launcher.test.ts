import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { UnexpectedExit } from '../cluster.js'
import { until } from '../readiness.js'
import type { LaunchedProcess } from './launcher.js'
import { groupsGone } from './process-group.js'
import { openLauncher, type RunLauncher } from './run-launcher.js'

describe('the launcher of a run', () => {
  let launcher: RunLauncher
  let unexpectedExits: UnexpectedExit[]
  let stateHome: string

  beforeEach(async () => {
    stateHome = mkdtempSync(join(tmpdir(), 'wsbench-test-'))
    vi.stubEnv('XDG_STATE_HOME', stateHome)
    unexpectedExits = []
    launcher = await openLauncher((exit) => unexpectedExits.push(exit))
  })

  afterEach(async () => {
    await launcher.dispose({ keepLogs: false })
    vi.unstubAllEnvs()
    rmSync(stateHome, { recursive: true })
  })

  const shell = (part: string, script: string) =>
    launcher.launch({ part, command: '/bin/sh', args: ['-c', script] })
  const untilLogged = async (part: string, text: string) =>
    expect(await until(() => launcher.logTail(part).includes(text), 5_000)).toBe(true)

  test('gives the run a directory that is closed to other users, and each part a log of stdout and stderr', async () => {
    await shell('talker', 'echo to stdout; echo to stderr >&2; pwd').end('SIGCONT', 5_000)
    expect(statSync(launcher.directory).mode & 0o777).toBe(0o700)
    expect(launcher.logTail('talker')).toBe(`to stdout\nto stderr\n${launcher.directory}`)
  })

  test('a log tail has the last 20 lines', async () => {
    await shell('talker', 'seq 1 50').end('SIGCONT', 5_000)
    expect(launcher.logTail('talker').split('\n')).toEqual(
      Array.from({ length: 20 }, (_, line) => `${line + 31}`),
    )
  })

  test('a program that does not exist, or is not executable, is a set-up error', () => {
    const start = (command: string) => () => launcher.launch({ part: 'balancer', command, args: [] })
    const because = (code: string) =>
      expect.objectContaining({ exit: 'setup', cause: expect.objectContaining({ code }) })
    expect(start('/nowhere/nginx')).toThrow(because('ENOENT'))
    const plainFile = join(stateHome, 'plain')
    writeFileSync(plainFile, '', { mode: 0o600 })
    expect(start(plainFile)).toThrow(because('EACCES'))
  })

  test('an unexpected exit is reported with its exit code or signal and the end of the log', async () => {
    await shell('n1', 'echo last words; exit 7').gone
    await shell('n2', 'kill -SEGV $$').gone
    expect(unexpectedExits).toMatchObject([
      { part: 'n1', how: 'exit 7', logTail: 'last words' },
      { part: 'n2', how: 'SIGSEGV' },
    ])
  })

  test('an end that was requested or announced is expected', async () => {
    const announced = shell('n1', 'sleep 60')
    announced.expectEnd()
    process.kill(announced.pid, 'SIGKILL')
    await announced.gone
    await shell('n2', 'sleep 60').end('SIGTERM', 5_000)
    expect(unexpectedExits).toEqual([])
  })

  test('a process that ignores the signal is killed after the deadline, with all that it started', async () => {
    const stubborn = shell('stubborn', 'trap "" TERM; sleep 60 & echo ready; wait; sleep 60')
    await untilLogged('stubborn', 'ready')
    await stubborn.end('SIGTERM', 100)
    expect((await stubborn.gone).signal).toBe('SIGKILL')
    await expectNothingLeft([stubborn])
  })

  test('processes that a part leaves running are killed', async () => {
    const parent = shell('parent', 'sleep 60 & echo ready')
    await parent.gone
    await expectNothingLeft([parent])
  })

  test('dispose ends the last process first and removes the directory; it may be called twice', async () => {
    const ended: string[] = []
    const parts = ['broker', 'n1', 'balancer'].map((part) => shell(part, 'sleep 60'))
    for (const part of parts) void part.gone.then(() => ended.push(part.part))
    await launcher.dispose({ keepLogs: false })
    expect(ended).toEqual(['balancer', 'n1', 'broker'])
    expect(existsSync(launcher.directory)).toBe(false)
    expect(await launcher.dispose({ keepLogs: true })).toBeNull()
    expect(unexpectedExits).toEqual([])
  })

  test('logs are kept when the directory is removed, those of the five newest runs', async () => {
    const kept: (string | null)[] = []
    for (let run = 1; run <= 6; run += 1) {
      await shell('n1', `echo run ${run}`).end('SIGCONT', 5_000)
      kept.push(await launcher.dispose({ keepLogs: true }))
      launcher = await openLauncher(() => undefined)
    }
    expect(kept.map((path) => path?.startsWith(join(stateHome, 'wsbench', 'logs')))).toEqual(
      Array(6).fill(true),
    )
    expect(kept.map((path) => existsSync(path ?? ''))).toEqual([false, true, true, true, true, true])
    expect(readFileSync(join(kept[5] ?? '', 'n1.log'), 'utf8')).toBe('run 6\n')
  })
})

async function expectNothingLeft(parts: readonly LaunchedProcess[]): Promise<void> {
  const leaders = parts.map(({ pid }) => pid)
  await groupsGone(leaders, 5_000)
  for (const leader of leaders) expect(() => process.kill(-leader, 0)).toThrow('ESRCH')
}
