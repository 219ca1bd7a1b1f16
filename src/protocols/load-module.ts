import { pathToFileURL } from 'node:url'
import { setupError, WsbenchError } from '../base/errors.js'
import type { Protocol, ProtocolFactory } from './protocol.js'

/**
 * A user's own module. Its errors may repeat what they were given: `withoutSecrets` is what they are told through, and no
 * cause is kept.
 */
export class ProtocolModule {
  private constructor(
    readonly file: string,
    readonly factory: ProtocolFactory,
    readonly withoutSecrets: (text: string) => string,
  ) {}

  /** Of the one at this absolute path. Throws a setupError where it has no factory. */
  static async load(file: string, withoutSecrets: (text: string) => string): Promise<ProtocolModule> {
    try {
      const { default: factory } = (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
      if (typeof factory !== 'function') throw new TypeError('it has no function as default export')
      return new ProtocolModule(file, factory as ProtocolFactory, withoutSecrets)
    } catch (error) {
      throw moduleError(file, withoutSecrets(wordsOf(error)))
    }
  }

  /** Throws a setupError where what it makes of the options is no protocol. */
  create(options: Readonly<Record<string, unknown>>): Protocol {
    let made: unknown
    try {
      made = this.factory(options)
    } catch (error) {
      throw this.errorOf(error)
    }
    if (!isProtocol(made)) throw moduleError(this.file, 'what it returns has no start()')
    return made
  }

  /** Of what it threw; one of ours stays as it is. */
  errorOf(error: unknown): WsbenchError {
    if (error instanceof WsbenchError) return error
    return moduleError(this.file, this.withoutSecrets(wordsOf(error)))
  }
}

function moduleError(file: string, what: string): WsbenchError {
  return setupError(`protocol module ${file}: ${what}`, 'docs/protocols.md has a whole one')
}

function isProtocol(value: unknown): value is Protocol {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'start') === 'function'
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
