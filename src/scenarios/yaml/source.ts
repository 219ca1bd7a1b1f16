import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Path } from './explain-issue.js'
import { optionProblem, type Problem, type ProblemDetails } from './scenario-error.js'
import { mentionsSecret } from './secrets.js'
import { MAX_ALIASES, refuseAliases, refuseKeys } from './yaml-refusals.js'

const MAX_BYTES = 1024 ** 2

/** How scenarios and values of `--set` are read: YAML 1.2, string keys only. */
export const yamlOptions = {
  version: '1.2',
  schema: 'core',
  prettyErrors: false,
  stringKeys: true,
  uniqueKeys: false,
} as const

/** A scenario's YAML text with the place of everything in it, and what is wrong with it as YAML. */
export class Source {
  readonly document: Document
  readonly problems: Problem[] = []
  /** Whether it is YAML at all, so that what it says can be looked at. */
  isReadable = true
  readonly #lines = new LineCounter()
  /** Nodes that an option put in, by the option. */
  readonly #overrides = new WeakMap<object, string>()

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    const isTooLong = Buffer.byteLength(text) > MAX_BYTES
    this.document = parseDocument(isTooLong ? '' : text, { ...yamlOptions, lineCounter: this.#lines })
    if (isTooLong) this.#giveUp(0, { what: 'the file is too long', expected: 'at most 1 MiB' })
    for (const { code, message, pos } of [...this.document.errors, ...this.document.warnings]) {
      const isTooDeep = message.includes('call stack')
      const what = isTooDeep ? 'nested too deeply' : this.#told(message, pos[0])
      this.#giveUp(pos[0], { what, hint: yamlHints[code] ?? null })
      if (isTooDeep) break
    }
    if (!this.isReadable) return
    for (const { offset, what, ...details } of refuseAliases(this.document))
      this.#giveUp(offset, { what: this.#told(what, offset), ...details })
    for (const { offset, ...details } of refuseKeys(this.document))
      this.problems.push(this.at(offset, details))
  }

  /** The document as plain data; null, with a problem noted, when its aliases multiply beyond reason. */
  toData(): unknown {
    try {
      return this.document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error
      this.#giveUp(0, {
        what: error.message.replace(/: .*/, ''),
        hint: 'write repeated parts out instead of using *aliases',
      })
      return null
    }
  }

  markOverride(node: object, option: string): void {
    this.#overrides.set(node, option)
  }

  /** The problem at `path`: at its key or value, or where it should have been. */
  locate(path: Path, isAboutKey: boolean, details: ProblemDetails): Problem {
    let found: Node | null = this.document.contents
    let override = found ? this.#overrides.get(found) : undefined
    for (const [depth, key] of path.entries()) {
      const { keyNode, value } = this.#child(found, key)
      if (!value && !keyNode) break
      found = isAboutKey && depth === path.length - 1 ? keyNode : (value ?? keyNode)
      override = (value && this.#overrides.get(value)) ?? override
    }
    if (override !== undefined) return optionProblem(override, details)
    return this.at(found?.range?.[0] ?? 0, details)
  }

  at(offset: number, details: ProblemDetails): Problem {
    const place = this.#lines.linePos(offset)
    const line = Math.max(1, place.line)
    const column = Math.max(1, place.col)
    return { where: `${this.file}:${line}:${column}`, line, column, expected: null, hint: null, ...details }
  }

  /** What is wrong at `offset`; YAML's own words may repeat what stands there. */
  #told(message: string, offset: number): string {
    const lines = this.text.slice(Math.max(0, offset - 300), offset).split('\n')
    return mentionsSecret(lines.slice(-2).join('\n')) ? 'this is no YAML that can be read' : message
  }

  #giveUp(offset: number, details: ProblemDetails): void {
    this.problems.push(this.at(offset, details))
    this.isReadable = false
  }

  #child(
    parent: Node | null,
    key: PropertyKey,
  ): { readonly keyNode: Node | null; readonly value: Node | null } {
    const container = isAlias(parent) ? (parent.resolve(this.document) ?? null) : parent
    if (isSeq(container))
      return { keyNode: null, value: (container.items[Number(key)] as Node | undefined) ?? null }
    if (!isMap(container)) return { keyNode: null, value: null }
    const pair = container.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
    return {
      keyNode: (pair?.key as Node | undefined) ?? null,
      value: (pair?.value as Node | undefined) ?? null,
    }
  }
}

const yamlHints: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  TAG_RESOLVE_FAILED: 'remove the !tag',
  MULTIPLE_DOCS: 'one scenario a file: remove the second ---',
}
