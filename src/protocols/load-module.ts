import { pathToFileURL } from 'node:url'
import { setupError } from '../errors.js'
import type { Protocol, ProtocolFactory } from './protocol.js'

/** The protocol of the user's own module at this absolute path. Throws a setupError when it is none. */
export async function loadModule(
  file: string,
  options: Readonly<Record<string, unknown>>,
): Promise<Protocol> {
  let made: unknown
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown }
    if (typeof module.default !== 'function') throw new TypeError('it has no function as default export')
    made = (module.default as ProtocolFactory)(options)
  } catch (error) {
    throw setupError(`protocol module ${file}: ${wordsOf(error)}`, hint, error)
  }
  if (!isProtocol(made)) throw setupError(`protocol module ${file}: what it returns has no start()`, hint)
  return made
}

const hint = 'docs/protocols.md has a whole one'

function isProtocol(value: unknown): value is Protocol {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'start') === 'function'
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
