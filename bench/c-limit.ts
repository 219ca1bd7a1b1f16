import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../src/base/package-info.js'
import { findBinary } from '../src/cluster/binaries.js'
import type { Load } from './bench-plan.js'
import type { GeneratorSide } from './generator-side.js'
import type { NodeServer } from './node-server.js'
import { cores, Program } from './program.js'

/** Path of the compiled `limit/client.c`; null, said aloud, where there is no C compiler. */
export function buildLimit(): string | null {
  const compiler = findBinary('cc') ?? findBinary('gcc') ?? findBinary('clang')
  if (compiler === null) {
    console.error('no C compiler on PATH: there is no limit to compare with')
    return null
  }
  const directory = join(packageRoot, 'bench', 'build')
  const binary = join(directory, 'limit-client')
  mkdirSync(directory, { recursive: true })
  const source = join(packageRoot, 'bench', 'limit', 'client.c')
  const { status } = spawnSync(compiler, ['-O2', '-o', binary, source], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${compiler} could not compile ${source}`)
  return binary
}

/** The limit as a side: subscribers only. It is connected once it is started. */
export class LimitSide implements GeneratorSide {
  private readonly connected: Promise<string>

  private constructor(readonly program: Program) {
    this.connected = program.says('connected')
  }

  static start(binary: string, port: number, { clients, connectRateHz }: Load): LimitSide {
    const parameters = [port, clients, connectRateHz].map(String)
    return new LimitSide(Program.binary(binary, parameters, { core: cores.measured }))
  }

  async connect(): Promise<void> {
    await this.connected
  }

  start(): void {}

  async stopPublishing(): Promise<number> {
    return 0
  }

  async delivered(_server: NodeServer): Promise<number> {
    const line = this.program.says('delivered')
    this.program.endInput()
    return Number((await line).split(' ')[1])
  }

  async stop(): Promise<void> {
    await this.program.stop()
  }
}
