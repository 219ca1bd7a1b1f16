import { spawn } from 'node:child_process'
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../src/results/result.js'
import { miniature, set } from './support/miniature.js'
import { Servers } from './support/servers.js'
import { cli, describeReal, root, type Started, start, temporary } from './support/wsbench.js'

const embedded = ['--balancer', 'embedded', ...set({ 'cluster.broker': 'embedded' })]
/** 200 clients have two workers where there are two cores. */
const load = [
  'run',
  'node-kill',
  ...miniature,
  ...embedded,
  ...set({ 'clients.count': 200, 'chaos[0].at': '3s' }),
]

function pidsOf(started: Started, part: string): number[] {
  return [...started.processes()].filter(([, command]) => command.includes(part)).map(([pid]) => pid)
}

/** A run under load, with what was done to it: how it ended. */
async function endOf(args: readonly string[], deed: (started: Started) => unknown) {
  const started = start(args)
  await started.said('steady')
  deed(started)
  return started.finished
}

const nothingLeft = { orphans: [], leftovers: [] }

describe('a worker that does not answer', () => {
  const stopLastWorker = (started: Started): void => {
    process.kill(pidsOf(started, 'generator/worker.js').at(-1)!, 'SIGSTOP')
  }

  it('is killed at the planned end; the verdict names it, and the deliveries of the others are reported', async () => {
    const { code, result, ...left } = await endOf(load, stopLastWorker)
    expect(left).toMatchObject(nothingLeft)
    expect(code).toBe(4)
    expect(result?.verdict.reasons[0]).toMatch(
      /^generator worker \d \(\d+ of 200 clients.*did not answer within 5 s and was killed/,
    )
    expect(result?.verdict.attributedTo[0]).toBe('generator')
    if (result!.generator.workers.length > 0) expect(result?.delivery.delivered).toBeGreaterThan(0)
  })

  it('does not keep the first Ctrl-C from ending the run', async () => {
    const { code, result, ...left } = await endOf(
      [...load, ...set({ 'phases.measure': '10m' })],
      (started) => {
        stopLastWorker(started)
        started.child.kill('SIGINT')
      },
    )
    expect(left).toMatchObject(nothingLeft)
    expect(code).toBe(130)
    expect(result?.verdict.reasons.join('\n')).toMatch(/was killed/)
  })

  it('does not survive a SIGKILL of wsbench', async () => {
    const left = await endOf(load, (started) => {
      stopLastWorker(started)
      started.child.kill('SIGKILL')
    })
    expect(left).toMatchObject(nothingLeft)
  })
})

describe('a protocol module that never returns', () => {
  const servers = new Servers()
  let scenario = ''
  beforeAll(async () => {
    const { port } = await servers.fixture('lines-server.mjs', { ECHO: '1' })
    copyFileSync(join(root, 'test/fixtures/hanging-protocol.mjs'), join(servers.directory, 'hanging.mjs'))
    scenario = servers.write(
      'hanging.yaml',
      [
        'name: hanging',
        `target: { url: "ws://127.0.0.1:${port}/", protocol: ./hanging.mjs }`,
        'clients: { count: 2 }',
        'traffic: [{ channel: { name: a }, rate: 5/s, via: echo }]',
        'phases: { warmup: 1s, measure: 10m, grace: 1s }',
      ].join('\n'),
    )
  })
  afterAll(() => servers.stop())

  it('safety.maxDuration ends the run', async () => {
    const { code, result, ...left } = await start(['run', scenario, '--max-duration', '4s']).finished
    expect(left).toMatchObject(nothingLeft)
    expect(code).toBe(130)
    expect(result?.verdict.reasons.join('\n')).toMatch(/longer than 4 s[\s\S]*was killed/)
  })

  it('a SIGKILL of wsbench ends the worker too, though there is no cluster', async () => {
    const left = await endOf(['run', scenario], (started) => started.child.kill('SIGKILL'))
    expect(left).toMatchObject(nothingLeft)
  })
})

it('a warden that was killed is a note of the result', async () => {
  const { code, result, ...left } = await endOf(load, (started) =>
    process.kill(pidsOf(started, 'local/warden.js')[0]!, 'SIGKILL'),
  )
  expect(left).toMatchObject(nothingLeft)
  expect(code).not.toBe(1)
  expect(result?.scenario.plan.notes.join('\n')).toMatch(/warden.*ended by SIGKILL/)
})

describe('the output is lost', () => {
  const quick = [...load, ...set({ 'phases.measure': '4s', 'phases.warmup': '0s' })]

  /** By a shell, which redirects; its exit code. */
  async function redirected(redirections: string) {
    const json = join(temporary('lost'), 'result.json')
    const command = [process.execPath, cli, ...quick, '--out', `json=${json}`]
      .map((part) => `'${part}'`)
      .join(' ')
    const shell = spawn('bash', ['-c', `${command} ${redirections}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CI: '' },
    })
    shell.stdout.resume()
    let stderr = ''
    shell.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const code = await new Promise((resolve) => shell.once('close', resolve))
    return { code, stderr, isKept: existsSync(json) }
  }

  it.each(['2>/dev/full', '2> >(head -1 >/dev/null)', '2>&- >&-', '| head -1; exit $PIPESTATUS'])(
    '%s: the run goes on, and its result is kept',
    async (redirections) => {
      const { code, isKept } = await redirected(redirections)
      expect(isKept).toBe(true)
      expect([0, 4, 99]).toContain(code)
    },
  )

  it('stdout on a full disk: exit 3 after a pass, with what to do', async () => {
    const { code, stderr, isKept } = await redirected('>/dev/full')
    expect(isKept).toBe(true)
    expect([3, 4, 99]).toContain(code)
    expect(stderr).toMatch(/stdout can't be written to: ENOSPC[^\n]*\n {2}hint: /)
  })
})

describeReal('a terminal that is closed', ['python3'], () => {
  it.each(process.env.WSBENCH_NODES?.split(':') ?? [process.execPath])(
    'in the measure phase, on %s: exit 130, and the result is kept',
    async (node) => {
      const json = join(temporary('pty'), 'result.json')
      const program = join(root, 'test/fixtures/close-terminal.py')
      const run = [node, cli, ...load, ...set({ 'phases.measure': '10m' }), '--out', `json=${json}`]
      const child = spawn('python3', [program, ...run], { stdio: ['ignore', 'pipe', 'inherit'] })
      let said = ''
      child.stdout.on('data', (chunk) => {
        said += chunk
      })
      await new Promise((resolve) => child.once('close', resolve))
      expect(JSON.parse(said)).toEqual({ exit: 130, signal: 0 })
      const { verdict, delivery } = JSON.parse(readFileSync(json, 'utf8')) as Result
      expect(verdict.outcome).toBe('interrupted')
      expect(delivery.due).toBeGreaterThan(0)
    },
  )
})

describe('the environment is at fault: exit 3 and what to do', () => {
  it('TMPDIR that does not exist', async () => {
    const child = spawn(process.execPath, [cli, ...load], {
      env: { ...process.env, TMPDIR: '/nonexistent' },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let stderr = ''
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    expect(code).toBe(3)
    expect(stderr).toMatch(/\/nonexistent[\s\S]*hint: set TMPDIR/)
  })

  it('a report on a full disk, after a pass', async () => {
    const { code, stderr } = await start([
      'run',
      'node-kill',
      '--out',
      'markdown=/dev/full',
      ...load.slice(2),
      ...set({ gates: '[]' }),
    ]).finished
    expect([3, 4, 99]).toContain(code)
    expect(stderr).toMatch(/--out markdown=\/dev\/full: ENOSPC/)
  })

  it('a state directory that can not be written to does not keep a failed run from cleaning up', async () => {
    const directory = temporary('state')
    writeFileSync(join(directory, 'file'), '')
    const started = start(load, { XDG_STATE_HOME: join(directory, 'file') })
    await started.said('steady')
    process.kill(pidsOf(started, 'node/main.js')[0]!, 'SIGKILL')
    const { code, ...left } = await started.finished
    expect(code).toBe(4)
    expect(left).toMatchObject(nothingLeft)
  })
})

describe.each(['nginx', 'haproxy'])('a temporary directory with a difficult path, %s', (balancer) => {
  it.each(['with space', 'quote\'"', 'žlutý', 'x'.repeat(150)])('%s', async (name) => {
    const { code, ...left } = await start([...load, '--balancer', balancer], {}, name).finished
    expect([0, 4, 99]).toContain(code)
    expect(left).toMatchObject(nothingLeft)
  })
})
