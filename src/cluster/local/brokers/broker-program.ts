import type { ContainerSpec } from '../../container.js'
import type { Launcher } from '../launcher.js'

/** Contract of a real broker: how its program is started, and how to find out that it is ready. */
export interface BrokerProgram {
  readonly program: string
  /** Arguments to listen on `port` of the settings' host. Writes the configuration file that they name, if any. */
  arguments(settings: BrokerSettings, port: number): readonly string[]
  /** Whether it serves clients now; `withinMs` is 1 s unless given. Never rejects. */
  isReady(host: string, port: number, withinMs?: number): Promise<boolean>
  /** Closes every connection; resolves with how many, or null when it did not. null when the server has no such command. */
  readonly disconnectClients: ((host: string, port: number) => Promise<number | null>) | null
  readonly container: BrokerContainer
}

/** The same broker in a container. */
export interface BrokerContainer {
  readonly spec: ContainerSpec
  /** Its configuration files, by name in CONFIG_DIRECTORY. */
  readonly files: Readonly<Record<string, string>>
}

export interface BrokerSettings {
  readonly launcher: Launcher
  readonly host: string
  readonly descriptors: number
  /** 0: any free port. */
  readonly port: number
}
