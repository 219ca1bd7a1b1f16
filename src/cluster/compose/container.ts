import { readFile } from 'node:fs/promises'
import { setupError, WsbenchError } from '../../base/errors.js'
import type { BalancerControl, ProgramProcess } from '../balancers/control.js'
import type { LaunchedProcess } from '../local/launcher.js'
import type { PartProcess } from '../local/nodes.js'
import { type Usage, usageOf } from '../local/process-stat.js'
import { versionIn } from '../program-version.js'
import { partError, type ReadyWait, untilReady } from '../readiness.js'
import type { Docker } from './docker.js'
import { writeMounted } from './mounted-file.js'

export interface ContainerNames {
  /** Its name in errors, samples and logs. */
  readonly part: string
  readonly service: string
  /** Its configuration file on this machine; null when it has none that changes. */
  readonly configFile: string | null
}

/**
 * The container of one service, controlled by `docker compose`. A `docker attach` process writes its log and ends with it,
 * with its exit code, so a container is watched like any other part.
 */
export class Container implements BalancerControl, PartProcess {
  #attached: LaunchedProcess | null = null
  #isGone = true
  #pid: Promise<number | null> | null = null

  constructor(
    private readonly docker: Docker,
    private readonly names: ContainerNames,
  ) {}

  get gone(): LaunchedProcess['gone'] {
    return this.#process.gone
  }

  /** Starts it, for the first time or again; resolves once its health check has passed. */
  async start(): Promise<void> {
    const { docker, names } = this
    try {
      await docker.compose('up', '--detach', '--wait', '--no-deps', '--no-build', names.service)
    } catch (error) {
      throw await this.#startError(error)
    }
    const attached = docker.launcher.launch({
      part: names.part,
      command: docker.binary,
      args: ['attach', '--no-stdin', '--sig-proxy=false', this.#name],
    })
    this.#attached = attached
    this.#isGone = false
    this.#pid = null
    void attached.gone.then(() => {
      this.#isGone = true
    })
  }

  async kill(): Promise<void> {
    this.expectEnd()
    await this.#compose('kill')
    await this.gone
  }

  /** SIGKILL; or SIGTERM and, after `deadlineMs`, SIGKILL. Resolves when it is gone. */
  async end(signal: NodeJS.Signals, deadlineMs: number): Promise<void> {
    if (signal === 'SIGKILL') return this.kill()
    this.expectEnd()
    await this.#compose('stop', '--timeout', `${Math.ceil(deadlineMs / 1000)}`)
    await this.gone
  }

  freeze(): Promise<void> {
    return this.#compose('pause')
  }

  async thaw(): Promise<void> {
    if (!this.#isGone) await this.#compose('unpause')
  }

  reload(): Promise<void> {
    return this.#compose('kill', '--signal', 'SIGHUP')
  }

  /** From now on its end is expected. */
  expectEnd(): void {
    this.#attached?.expectEnd()
  }

  async writeConfig(text: string): Promise<void> {
    const { configFile, part } = this.names
    if (configFile === null) throw new Error(`${part} has no configuration`)
    await writeMounted(configFile, text)
  }

  async processes(): Promise<readonly ProgramProcess[]> {
    const table = await this.docker.read('top', this.#name, '-eo', 'pid,args')
    return table
      .split('\n')
      .flatMap((line) => [...line.matchAll(/^\s*(\d+)\s+(.*)$/g)])
      .map(([, pid, title = '']) => ({ pid: Number(pid), title }))
  }

  /** The version that `<program> -v` prints inside. */
  async version(program: string): Promise<string> {
    const { docker, names } = this
    const args = docker.composeArguments('exec', '-T', names.service, program, '-v')
    return versionIn(await docker.read(...args), program)
  }

  /** null when its processes are not among those of this machine, as with an engine in a virtual machine. */
  async usage(): Promise<Usage | null> {
    if (this.#isGone) return null
    this.#pid ??= this.#readPid()
    const pid = await this.#pid
    return pid === null ? null : usageOf([pid])
  }

  untilReady(wait: ReadyWait): Promise<void> {
    return untilReady(this.docker.launcher, this.#process, wait)
  }

  error(message: string): WsbenchError {
    return partError(this.docker.launcher, this.names.part, message)
  }

  get #name(): string {
    return this.docker.containerOf(this.names.service)
  }

  get #process(): LaunchedProcess {
    if (this.#attached === null) throw setupError(`${this.names.part} was not started`)
    return this.#attached
  }

  #compose(command: string, ...options: readonly string[]): Promise<void> {
    return this.docker.compose(command, ...options, this.names.service)
  }

  /** Pid of its first process, on this machine. */
  async #readPid(): Promise<number | null> {
    const format = '{{.Id}} {{.State.Pid}}'
    const [id = '', pid = ''] = (
      await this.docker.read('inspect', '--format', format, this.#name).catch(() => '')
    )
      .trim()
      .split(' ')
    const cgroup = await readFile(`/proc/${pid}/cgroup`, 'latin1').catch(() => '')
    return id !== '' && cgroup.includes(id) ? Number(pid) : null
  }

  /** The error with the output of compose and of the container. */
  async #startError(error: unknown): Promise<unknown> {
    if (!(error instanceof WsbenchError)) return error
    const { docker, names } = this
    const logs = docker.launcher.launch({
      part: names.part,
      command: docker.binary,
      args: docker.composeArguments('logs', '--no-color', '--no-log-prefix', '--tail', '20', names.service),
    })
    logs.expectEnd()
    await logs.gone
    const { message, hint } = this.error('did not come up')
    return setupError(`${message}: ${error.message}`, `compose: ${error.hint}\n${names.part}: ${hint}`, error)
  }
}
