import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './wsbench.js'

/** Servers of a test's own, all ended and their directory removed by `stop`. */
export class Servers {
  readonly directory = mkdtempSync(join(tmpdir(), 'wsbench-servers-'))
  readonly #children: ChildProcess[] = []

  /** A file in the servers' directory; its path. */
  write(name: string, text: string): string {
    const path = join(this.directory, name)
    writeFileSync(path, text)
    return path
  }

  /** Runs a program; resolves once something listens on `port`. */
  async start(program: string, args: readonly string[], port: number, env: NodeJS.ProcessEnv = {}) {
    const child = spawn(program, args, {
      cwd: this.directory,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    this.#children.push(child)
    let isOpen = false
    while (!isOpen) {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`)
      isOpen = await accepts(port)
    }
    return child
  }

  /** A server of test/fixtures. */
  async fixture(name: string, env: NodeJS.ProcessEnv = {}): Promise<{ port: number; child: ChildProcess }> {
    const port = await freePort()
    const file = join(root, 'test/fixtures', name)
    return { port, child: await this.start(process.execPath, [file], port, { ...env, PORT: String(port) }) }
  }

  async redis(): Promise<string> {
    const port = await freePort()
    await this.start('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', ''], port)
    return `redis://127.0.0.1:${port}`
  }

  /** SIGKILL to the daemon that left its process id in this file. */
  killByPidFile(name: string): void {
    process.kill(Number(readFileSync(join(this.directory, name), 'utf8')), 'SIGKILL')
  }

  async stop(): Promise<void> {
    for (const child of this.#children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    rmSync(this.directory, { recursive: true, force: true })
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => setTimeout(() => resolve(false), 25))
  })
}
