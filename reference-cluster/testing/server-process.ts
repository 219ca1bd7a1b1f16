import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { eventually } from './eventually.js'

export interface ServerProgram {
  readonly binary: string
  readonly args: readonly string[]
  /** What it says once it answers. */
  readonly readyText: string
}

/** A server of a test's own, on fixed ports. It can be frozen, killed and brought back. */
export class ServerProcess {
  #child: ChildProcess | null = null
  readonly #program: ServerProgram

  constructor(program: ServerProgram) {
    this.#program = program
  }

  /** Resolves once it answers. */
  async start(): Promise<void> {
    const { binary, args, readyText } = this.#program
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      let said = ''
      child.once('exit', () => reject(new Error(`${binary} ${args.join(' ')} ended; it said: ${said}`)))
      for (const output of [child.stdout, child.stderr]) {
        output.on('data', (text) => {
          said += text
          if (said.includes(readyText)) resolve()
        })
      }
    })
  }

  /** It goes on holding its connections, and answers nothing; resolves once its last thread stands still. */
  async freeze(): Promise<void> {
    const child = this.#child
    if (!child) return
    child.kill('SIGSTOP')
    await eventually(() => {
      if (isAnyRunning(child.pid!)) throw new Error('it goes on, though it was sent SIGSTOP')
    })
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (!child) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }
}

/** Whether a thread is in any state but stopped. Where there is no /proc nobody can tell, and it is none. */
function isAnyRunning(pid: number): boolean {
  const tasks = `/proc/${pid}/task`
  if (!existsSync(tasks)) return false
  return readdirSync(tasks).some((task) => !/\) T [^)]*$/.test(readFileSync(`${tasks}/${task}/stat`, 'utf8')))
}

/** Path of a program; null, said aloud, where there is none. On CI there has to be one. */
export function findServer(name: string): string | null {
  const found = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, name))
  const binary = found.find(isExecutable)
  if (binary) return binary
  if (process.env.CI) throw new Error(`no ${name} on PATH, and CI has to have one`)
  console.warn(`SKIPPED: no ${name} on PATH; the tests against a real one do not run`)
  return null
}

/** A port that nothing listens on, to start something on a moment later or to be refused by. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
