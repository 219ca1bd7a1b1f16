import type { ContainerSpec } from '../../container.js'
import type { Launcher } from '../launcher.js'

/** Contract of a real broker: how its program is started, and when it is ready. */
export interface BrokerProgram {
  readonly program: string
  /** Command line that listens on `port` of the settings' host; writes the configuration file it names, if any. */
  arguments(settings: BrokerSettings, port: number): readonly string[]
  /** Whether it serves clients now. Never rejects. */
  isReady(host: string, port: number): Promise<boolean>
  /** Cuts every connection, and tells whether it did; null where the server has no such command. */
  readonly disconnectClients: ((host: string, port: number) => Promise<boolean>) | null
  readonly container: BrokerContainer
}

/** The same broker in a container. */
export interface BrokerContainer {
  readonly spec: ContainerSpec
  /** Its configuration files, by their names in CONFIG_DIRECTORY. */
  readonly files: Readonly<Record<string, string>>
}

export interface BrokerSettings {
  readonly launcher: Launcher
  readonly host: string
  readonly descriptors: number
  /** 0: any free one. */
  readonly port: number
}
