import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBinary } from '../src/cluster/binaries.js'

/** Whoever is measured has a core to itself; all that it talks to shares the other. */
export const cores = { measured: 1, others: 0 } as const

export interface ProgramOptions {
  readonly core: number
  readonly env?: Readonly<Record<string, string>>
  /** For Node. */
  readonly flags?: readonly string[]
}

interface Message {
  readonly type: string
}

/** Flags for Node programs under measurement, such as `--cpu-prof --cpu-prof-dir=/tmp/profiles`. */
const profiling = process.env.BENCH_NODE_FLAGS?.split(' ') ?? []
const taskset = availableParallelism() > 1 ? findBinary('taskset') : null
const running = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A process of the bench, measured from outside. Killed at the latest with the bench. */
export class Program {
  private constructor(
    private readonly child: ChildProcess,
    private readonly title: string,
  ) {
    running.add(child)
    child.once('exit', () => running.delete(child))
  }

  /** A module of ours, with an IPC channel. */
  static module(file: string, options: ProgramOptions): Program {
    const flags = [...(options.core === cores.measured ? profiling : []), ...(options.flags ?? [])]
    return Program.start(process.execPath, [...flags, file], options, true)
  }

  static binary(file: string, parameters: readonly string[], options: ProgramOptions): Program {
    return Program.start(file, parameters, options, false)
  }

  private static start(
    file: string,
    parameters: readonly string[],
    { core, env = {} }: ProgramOptions,
    hasChannel: boolean,
  ): Program {
    const command = taskset ? [taskset, '-c', `${core}`, file, ...parameters] : [file, ...parameters]
    const child = spawn(command[0]!, command.slice(1), {
      env: { ...process.env, ...env },
      serialization: 'advanced',
      stdio: ['pipe', 'pipe', 'inherit', ...(hasChannel ? (['ipc'] as const) : [])],
    })
    return new Program(child, `${file} ${parameters.join(' ')}`)
  }

  send(message: object): void {
    this.child.send(message)
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  endInput(): void {
    this.child.stdin?.end()
  }

  /** The next message of that type; rejects when the program ends first. */
  answer<Answer extends Message>(type: string): Promise<Answer> {
    return this.until<Answer>('message', (message) => (message as Message).type === type)
  }

  /** The next it writes to its standard output that has `words` in it. */
  async says(words: string): Promise<string> {
    return String(await this.until<Buffer>('output', (output) => String(output).includes(words)))
  }

  /** User + system since it started, all threads, µs, to the nanosecond: the scheduler's own account. */
  cpuMicros(): number {
    const tasks = `/proc/${this.child.pid}/task`
    return readdirSync(tasks).reduce(
      (sum, task) =>
        sum + Number(readFileSync(join(tasks, task, 'schedstat'), 'latin1').split(' ')[0]) / 1000,
      0,
    )
  }

  /** The same, told apart, to the scheduler's tick of 10 ms. */
  cpuTicksMicros(): { readonly user: number; readonly system: number } {
    const stat = readFileSync(`/proc/${this.child.pid}/stat`, 'latin1')
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
    return { user: Number(user) * 10_000, system: Number(system) * 10_000 }
  }

  rssBytes(): number {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'latin1')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024
  }

  /** Killed; but first asked to leave where that was wanted, for Node writes its profiles only then. */
  async stop(lastWords?: object): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const gone = once(this.child, 'exit')
    if (lastWords) this.child.send(lastWords)
    else this.child.kill('SIGKILL')
    await gone
  }

  private until<Event>(kind: 'message' | 'output', isIt: (event: unknown) => boolean): Promise<Event> {
    return new Promise((resolve, reject) => {
      const source = kind === 'message' ? this.child : this.child.stdout!
      const name = kind === 'message' ? 'message' : 'data'
      const take = (event: unknown): void => {
        if (isFault(event)) end(() => reject(new Error(`${this.title}: ${event.message}`)))
        else if (isIt(event)) end(() => resolve(event as Event))
      }
      const died = (): void => end(() => reject(new Error(`${this.title} ended early`)))
      const end = (then: () => void): void => {
        source.off(name, take)
        this.child.off('exit', died)
        then()
      }
      source.on(name, take)
      this.child.once('exit', died)
    })
  }
}

function isFault(event: unknown): event is { readonly message: string } {
  return (event as Partial<Message>).type === 'fault'
}

/** Absolute path of a module of `bench/sides/`, as compiled. */
export function sideModule(name: string): string {
  return join(dirname(fileURLToPath(import.meta.url)), 'sides', `${name}.js`)
}
