import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, onTestFinished } from 'vitest'
import type { Result } from '../../src/results/result.js'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const cli = join(root, 'dist/src/cli.js')

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** What `--out json=` wrote; null when there is none. */
  readonly result: Result | null
  /** Processes that this run started and that were still there after it. */
  readonly orphans: readonly string[]
  /** Entries of its temp directory that it left behind. */
  readonly leftovers: readonly string[]
}

export interface Started {
  readonly child: ChildProcess
  /** Resolves once stderr has said `text`, with all it has said. */
  said(text: string): Promise<string>
  /** What it has said so far. */
  stderr(): string
  /** Command lines of the processes of this run that are alive, by pid. */
  processes(): Map<number, string>
  finished: Promise<Finished>
}

/** Runs the built CLI as a user would, with a temp directory of its own. */
export function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, tempName = 'tmp'): Started {
  const tag = randomUUID()
  const home = mkdtempSync(join(tmpdir(), 'wsbench-test-'))
  const temp = join(home, tempName)
  mkdirSync(temp)
  const json = join(home, 'result.json')
  const isRun = args[0] === 'run'
  const child = spawn(process.execPath, [cli, ...args, ...(isRun ? ['--out', `json=${json}`] : [])], {
    cwd: home,
    env: {
      ...process.env,
      CI: '',
      NO_COLOR: '1',
      XDG_STATE_HOME: home,
      ...env,
      TMPDIR: temp,
      WSBENCH_TEST: tag,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const closed = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    child,
    processes: () => tagged(tag),
    stderr: () => stderr,
    async said(text) {
      await until(() => stderr.includes(text), `stderr to say ${text}; it said: ${stderr}`)
      return stderr
    },
    finished: closed.then(async (code) => {
      await until(() => tagged(tag).size === 0, '', 5_000).catch(() => {})
      const finished = {
        code,
        stdout,
        stderr,
        result: existsSync(json) ? (JSON.parse(readFileSync(json, 'utf8')) as Result) : null,
        orphans: [...tagged(tag).values()],
        leftovers: readdirSync(temp),
      }
      rmSync(home, { recursive: true, force: true })
      return finished
    }),
  }
}

export function wsbench(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Finished> {
  return start(args, env).finished
}

/** A PATH on which node is the only program. */
export function barePath(): string {
  const directory = temporary('bare')
  symlinkSync(process.execPath, join(directory, 'node'))
  return directory
}

/** A directory that is there until the test that asks for it is over. */
export function temporary(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), `wsbench-${name}-`))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

/** Polls `isSo` until it holds; throws what was waited for after `deadlineMs`. */
export async function until(isSo: () => boolean, what: string, deadlineMs = 60_000): Promise<void> {
  const deadline = Date.now() + deadlineMs
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`waited ${deadlineMs} ms for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** A suite that needs real programs: skipped loudly where one is missing, failing instead under CI. */
export function describeReal(title: string, programs: readonly string[], suite: () => void): void {
  const missing = programs.filter((program) => pathOf(program) === undefined)
  if (missing.length > 0 && !process.env.CI) {
    console.warn(`\nSKIPPED for want of ${missing.join(', ')}: ${title}\n`)
    describe.skip(title, suite)
    return
  }
  describe(title, suite)
}

/** Where on the PATH a program is; undefined if nowhere. */
export function pathOf(program: string): string | undefined {
  const directories = (process.env.PATH ?? '').split(delimiter)
  return directories.map((directory) => join(directory, program)).find((path) => existsSync(path))
}

/** Processes that inherited the tag in their environment. */
function tagged(tag: string): Map<number, string> {
  const found = new Map<number, string>()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readFileSync(`/proc/${pid}/environ`, 'utf8').includes(tag)) continue
      const state = /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      if (state !== 'Z') found.set(Number(pid), command)
    } catch {
      // It ended while we looked.
    }
  }
  return found
}
