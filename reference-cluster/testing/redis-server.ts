import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'

/** A redis-server of a test's own. It can be killed and brought back on the same port. */
export class RedisServer {
  #child: ChildProcess | null = null

  readonly port: number
  readonly #binary: string

  private constructor(binary: string, port: number) {
    this.#binary = binary
    this.port = port
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  static async start(binary: string): Promise<RedisServer> {
    const server = new RedisServer(binary, await freePort())
    await server.start()
    return server
  }

  /** Resolves once it answers. */
  async start(): Promise<void> {
    const flags = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const child = spawn(this.#binary, flags, { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    await new Promise<void>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`redis-server ended on port ${this.port}`)))
      child.stdout.on('data', (text) => String(text).includes('Ready to accept') && resolve())
    })
  }

  /** It goes on holding its connections, and answers nothing. */
  freeze(): void {
    this.#child?.kill('SIGSTOP')
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

/** Its path; null, said aloud, where there is none. On CI there has to be one. */
export function findRedisServer(): string | null {
  const found = (process.env.PATH ?? '').split(delimiter).map((directory) => join(directory, 'redis-server'))
  const binary = found.find(isExecutable)
  if (binary) return binary
  if (process.env.CI) throw new Error('no redis-server on PATH, and CI has to have one')
  console.warn('SKIPPED: no redis-server on PATH; the tests against a real Redis do not run')
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
