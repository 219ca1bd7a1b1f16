import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { eventually } from './eventually.js'

export interface ServerProgram {
  readonly binary: string
  readonly args: readonly string[]
  /** What it prints once it is ready. */
  readonly readyText: string
}

/** A server for one test, on fixed ports. It can be frozen, killed and started again. */
export class ServerProcess {
  #child: ChildProcess | null = null
  readonly #program: ServerProgram

  constructor(program: ServerProgram) {
    this.#program = program
  }

  /** Resolves once it is ready. */
  async start(): Promise<void> {
    const { binary, args, readyText } = this.#program
    const child = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      let output = ''
      child.once('exit', () => reject(new Error(`${binary} ${args.join(' ')} ended; its output: ${output}`)))
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (text) => {
          output += text
          if (output.includes(readyText)) resolve()
        })
      }
    })
  }

  /** SIGSTOP: its connections stay open. Resolves once all its threads have stopped. */
  async freeze(): Promise<void> {
    const child = this.#child
    if (!child) return
    child.kill('SIGSTOP')
    await eventually(() => {
      if (isAnyRunning(child.pid!)) throw new Error('still running after SIGSTOP')
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

/** Whether any thread is not stopped; false on a machine without /proc. */
function isAnyRunning(pid: number): boolean {
  const tasks = `/proc/${pid}/task`
  if (!existsSync(tasks)) return false
  return readdirSync(tasks).some((task) => !/\) T [^)]*$/.test(readFileSync(`${tasks}/${task}/stat`, 'utf8')))
}

/** Path of a program; null, with a warning, if it is not installed. On CI that is an error. */
export function findServer(name: string): string | null {
  const found = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, name))
  const binary = found.find(isExecutable)
  if (binary) return binary
  if (process.env.CI) throw new Error(`no ${name} on PATH, which CI must have`)
  console.warn(`SKIPPED: no ${name} on PATH; the tests against a real one do not run`)
  return null
}

/** A port that nothing listens on. */
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
