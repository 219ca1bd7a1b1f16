import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'

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

  /** It goes on holding its connections, and answers nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
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
