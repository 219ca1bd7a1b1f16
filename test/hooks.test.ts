import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { miniature, set } from './support/miniature.js'
import { freePort } from './support/servers.js'
import { type Started, start, temporary, until } from './support/wsbench.js'

const embedded = ['--balancer', 'embedded', ...set({ 'cluster.broker': 'embedded' })]

function startWith(
  chaos: readonly object[],
  values: Readonly<Record<string, string>> = {},
  options: readonly string[] = [],
): Started {
  return start([
    'run',
    'smoke',
    ...miniature,
    ...embedded,
    ...options,
    ...set({ 'phases.measure': '60s', ...values, chaos: JSON.stringify(chaos), gates: '[]' }),
  ])
}

/** A hook that leaves the file `done`, to be undone after a minute by `undo`, a shell's text. */
function hook(directory: string, undo: string) {
  const script = (name: string, text: string): string => {
    const path = join(directory, name)
    writeFileSync(path, text)
    return path
  }
  return {
    at: '500ms',
    event: 'exec',
    run: ['sh', script('do it.sh', `touch '${directory}/done'\n`)],
    for: '1m',
    undo: ['sh', script('undo it.sh', undo)],
  }
}

async function fileOf(directory: string, name: string): Promise<string> {
  const path = join(directory, name)
  await until(() => existsSync(path) && (name !== 'pid' || readFileSync(path, 'utf8').endsWith('\n')), name)
  return readFileSync(path, 'utf8')
}

/** Resolves once all events are on record. */
async function judging(port: number): Promise<void> {
  let metrics = ''
  while (!/stage="judge"\} 1$/m.test(metrics)) {
    await setTimeout(25)
    metrics = await fetch(`http://127.0.0.1:${port}/metrics`).then((answer) => answer.text())
  }
}

describe('a run that is stopped while a hook goes on', () => {
  it('by Ctrl-C: it is undone, exit 130, the result kept', async () => {
    const directory = temporary('hooks')
    const started = startWith([hook(directory, `touch '${directory}/undone'\n`)])
    await fileOf(directory, 'done')
    started.child.kill('SIGINT')
    const { code, result, stderr, orphans, leftovers } = await started.finished
    expect(code, stderr).toBe(130)
    expect(existsSync(join(directory, 'undone'))).toBe(true)
    expect(result?.verdict.outcome).toBe('interrupted')
    expect(result?.events).toMatchObject([{ id: 'exec#1', failure: null }])
    expect(result?.scenario.plan.notes.join()).not.toContain('cleanup required')
    expect(stderr).not.toContain('cleanup required')
    expect([...orphans, ...leftovers]).toEqual([])
  })

  it('by Ctrl-C twice: it says how to undo it by hand', async () => {
    const directory = temporary('hooks')
    const started = startWith([hook(directory, `echo $$ > '${directory}/pid'\nexec sleep 60\n`)])
    await fileOf(directory, 'done')
    started.child.kill('SIGINT')
    const undoing = Number(await fileOf(directory, 'pid'))
    // Within half a second it belongs to the first.
    await until(() => !started.child.kill('SIGINT') || started.child.exitCode !== null, 'the end')
    process.kill(undoing, 'SIGKILL')
    const { code, result, stderr } = await started.finished
    expect([code, result]).toEqual([130, null])
    expect(stderr).toContain(`cleanup required: exec#1: sh '${directory}/undo it.sh'\n`)
  })

  it('by safety.abortIfConnectedBelow: it is undone, and the reason told', async () => {
    const directory = temporary('hooks')
    const undone = hook(directory, `touch '${directory}/undone'\n`)
    const { code, result, stdout, stderr, orphans, leftovers } = await startWith(
      [undone, { at: '1s', event: 'balancer-kill', downtime: '50s' }],
      { 'safety.abortIfConnectedBelow': '50%' },
    ).finished
    expect(code, `${stdout}${stderr}`).toBe(130)
    expect(existsSync(join(directory, 'undone'))).toBe(true)
    expect(result?.verdict.reasons[0]).toMatch(
      /^interrupted after \d+\.\d s of 60 s measured: only \d+% of the clients were connected$/,
    )
    expect([...orphans, ...leftovers]).toEqual([])
  })
})

describe('a hook that can’t be undone', () => {
  it('though that shows when all has settled: stderr and the result tell it', async () => {
    const directory = temporary('hooks')
    const undo = `while [ ! -e '${directory}/judged' ]; do sleep 0.05; done\nexit 3\n`
    const port = await freePort()
    const started = startWith([hook(directory, undo)], { 'phases.measure': '2s' }, [
      '--metrics',
      `127.0.0.1:${port}`,
    ])
    await started.said('metrics at')
    await judging(port)
    writeFileSync(join(directory, 'judged'), '')
    const { code, result, stderr } = await started.finished
    const left = `taking down the events: cleanup required: exec#1: sh '${directory}/undo it.sh'`
    expect(stderr).toContain(`${left}\n`)
    expect(result?.scenario.plan.notes).toContain(left)
    expect(result?.verdict.reasons).toEqual([
      expect.stringMatching(/^exec#1 failed.*undo failed: .*exited with 3/),
    ])
    expect(code).toBe(4)
  })
})
