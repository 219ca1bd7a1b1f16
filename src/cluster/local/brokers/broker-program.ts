import type { ContainerSpec } from '../../container.js'
import type { Launcher } from '../launcher.js'

/** Contract of a real broker: how its program is started, and how to find out that it is ready. */
export interface BrokerProgram {
  readonly program: string
  /** Arguments to listen on `port` of the settings' host. Writes the configuration file that they name, if any. */
  arguments(settings: BrokerSettings, port: number): readonly string[]
  /** Whether it serves clients now. Never rejects. */
  isReady(host: string, port: number): Promise<boolean>
  /** Closes every connection; resolves with whether it did. null when the server has no such command. */
  readonly disconnectClients: ((host: string, port: number) => Promise<boolean>) | null
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
