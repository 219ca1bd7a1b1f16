import { pathToFileURL } from 'node:url'
import { setupError, WsbenchError } from '../base/errors.js'
import type { Protocol, ProtocolFactory } from './protocol.js'

/**
 * A protocol module of the user. Its errors may repeat secrets from its options, so their texts pass through `withoutSecrets`
 * and their causes are dropped.
 */
export class ProtocolModule {
  private constructor(
    readonly file: string,
    readonly factory: ProtocolFactory,
    readonly withoutSecrets: (text: string) => string,
  ) {}

  /** Loads the module at this absolute path. Throws a setupError if it exports no factory. */
  static async load(file: string, withoutSecrets: (text: string) => string): Promise<ProtocolModule> {
    try {
      const { default: factory } = (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
      if (typeof factory !== 'function') throw new TypeError('its default export is not a function')
      return new ProtocolModule(file, factory as ProtocolFactory, withoutSecrets)
    } catch (error) {
      throw moduleError(file, withoutSecrets(textOf(error)))
    }
  }

  /** Throws a setupError if the factory throws or returns no protocol. */
  create(options: Readonly<Record<string, unknown>>): Protocol {
    let protocol: unknown
    try {
      protocol = this.factory(options)
    } catch (error) {
      throw this.errorOf(error)
    }
    if (!isProtocol(protocol)) throw moduleError(this.file, 'the object it returns has no start()')
    return protocol
  }

  /** A setupError for what the module threw; a WsbenchError is returned unchanged. */
  errorOf(error: unknown): WsbenchError {
    if (error instanceof WsbenchError) return error
    return moduleError(this.file, this.withoutSecrets(textOf(error)))
  }
}

function moduleError(file: string, what: string): WsbenchError {
  return setupError(`protocol module ${file}: ${what}`, 'docs/protocols.md has a complete example')
}

function isProtocol(value: unknown): value is Protocol {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'start') === 'function'
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
