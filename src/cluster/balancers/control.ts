import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setupError, type WsbenchError } from '../../base/errors.js'
import type { Endpoint } from '../cluster.js'
import { httpGet } from '../http-get.js'
import type { LaunchedProcess, Launcher } from '../local/launcher.js'
import { childrenOf, titleOf, type Usage, usageOf } from '../local/process-stat.js'
import { partError, type ReadyWait, untilReady, type WatchedPart } from '../readiness.js'

/** A balancer's program, as a process of this machine or in a container. */
export interface BalancerControl extends WatchedPart {
  /** Rewrites its configuration file in place. */
  writeConfig(text: string): Promise<void>
  /** Starts the program, for the first time or after `kill`. */
  start(): Promise<void>
  /** Makes it read its configuration again; the caller waits for the effect. */
  reload(): Promise<void>
  /** SIGKILL. Resolves when the process is gone. */
  kill(): Promise<void>
  /** Its processes; those of this machine without the first. */
  processes(): Promise<readonly ProgramProcess[]>
  /** null when it can't be read. */
  usage(): Promise<Usage | null>
}

export interface ProgramProcess {
  readonly pid: number
  /** As `ps` shows it. */
  readonly title: string
}

export interface ProcessSettings {
  readonly launcher: Launcher
  readonly part: string
  readonly binary: string
  /** Name of the configuration file in the launcher's directory. */
  readonly configFile: string
}

/** A balancer's program as a process of this machine. */
export abstract class ProcessControl implements BalancerControl {
  protected readonly configFile: string
  /** The last one accepts connections; those before it were replaced and serve what they have. */
  #running: readonly LaunchedProcess[] = []

  constructor(protected readonly settings: ProcessSettings) {
    this.configFile = join(settings.launcher.directory, settings.configFile)
  }

  abstract start(): Promise<void>

  abstract reload(): Promise<void>

  writeConfig(text: string): Promise<void> {
    return writeFile(this.configFile, text)
  }

  async kill(): Promise<void> {
    await Promise.all(this.#running.map((process) => process.end('SIGKILL', 0)))
  }

  async processes(): Promise<readonly ProgramProcess[]> {
    const children = await childrenOf(this.current.pid)
    return Promise.all(children.map(async (pid) => ({ pid, title: await titleOf(pid) })))
  }

  usage(): Promise<Usage | null> {
    return usageOf(this.#running.map(({ pid }) => pid))
  }

  untilReady(wait: ReadyWait): Promise<void> {
    return untilReady(this.settings.launcher, this.current, wait)
  }

  error(message: string): WsbenchError {
    return partError(this.settings.launcher, this.settings.part, message)
  }

  protected get current(): LaunchedProcess {
    const current = this.#running.at(-1)
    if (current === undefined) throw new Error(`${this.settings.part} was not started`)
    return current
  }

  protected launch(args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    const { launcher, part, binary } = this.settings
    const predecessor = this.#running.at(-1)
    void predecessor?.gone.then(() => {
      this.#running = this.#running.filter((process) => process !== predecessor)
    })
    this.#running = [...this.#running, launcher.launch({ part, command: binary, args, env })]
  }
}

/** The binary of a plan, or a setupError when the program was not found. */
export function requireBinary(binary: string | null, program: string): string {
  if (binary !== null) return binary
  throw setupError(`${program} was not found`, `install ${program}, or use balancer kind embedded`)
}

/** Resolves once a node answers through the balancer. */
export function untilHealthy(control: WatchedPart, endpoint: Endpoint): Promise<void> {
  return control.untilReady({
    at: `${endpoint.host}:${endpoint.port}/health`,
    isReady: async () => (await httpGet(endpoint, '/health'))?.status === 200,
  })
}
