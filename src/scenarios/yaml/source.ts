import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import type { Path } from './explain-issue.js'
import { expandMergeKeys } from './merge-keys.js'
import { optionProblem, type Problem, type ProblemDetails } from './scenario-error.js'
import { mentionsSecret } from './secrets.js'
import { invalidAliases, MAX_ALIASES, removeInvalidKeys } from './yaml-restrictions.js'

const MAX_BYTES = 1024 ** 2

/** How scenarios and values of `--set` are parsed: YAML 1.2, string keys only. */
const yamlOptions = {
  version: '1.2',
  schema: 'core',
  prettyErrors: false,
  stringKeys: true,
  uniqueKeys: false,
} as const

/** Null if it is nested so deeply that the parser runs out of stack. */
export function parseYaml(text: string, lineCounter?: LineCounter): Document.Parsed | null {
  try {
    return parseDocument(text, { ...yamlOptions, ...(lineCounter && { lineCounter }) })
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

/** A scenario's YAML text, its parsed document, and its YAML-level problems. Finds the line and column of any path. */
export class Source {
  readonly document: Document
  readonly problems: Problem[] = []
  /** Whether the text is valid YAML, so that its content can be checked. */
  isReadable = true
  readonly #lines = new LineCounter()
  /** The option that set a node, by node. */
  readonly #overrides = new WeakMap<object, string>()

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    const isTooLong = Buffer.byteLength(text) > MAX_BYTES
    const document = isTooLong ? null : parseYaml(text, this.#lines)
    this.document = document ?? parseDocument('')
    if (isTooLong) this.#reject(0, { what: 'the file is too long', expected: 'at most 1 MiB' })
    else if (document === null) this.#reject(0, { what: 'nested too deeply' })
    for (const { code, message, pos } of [...this.document.errors, ...this.document.warnings]) {
      const isTooDeep = message.includes('call stack')
      const what = isTooDeep ? 'nested too deeply' : this.#redacted(message, pos[0])
      this.#reject(pos[0], { what, hint: yamlHints[code] ?? null })
      if (isTooDeep) break
    }
    if (!this.isReadable) return
    for (const { offset, what, ...details } of invalidAliases(this.document))
      this.#reject(offset, { what: this.#redacted(what, offset), ...details })
    for (const { offset, ...details } of removeInvalidKeys(this.document))
      this.problems.push(this.at(offset, details))
    for (const { offset, ...details } of expandMergeKeys(this.document)) this.#reject(offset, details)
  }

  /**
   * The document as plain data, without keys of the user's own (`x-…` at the top, for parts with an anchor); null, with a problem
   * added, if its aliases expand to too many nodes.
   */
  toData(): unknown {
    try {
      const data = this.document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown
      if (typeof data !== 'object' || data === null || Array.isArray(data)) return data
      return Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith('x-')))
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error
      this.#reject(0, {
        what: error.message.replace(/: .*/, ''),
        hint: 'write repeated parts in full instead of using *aliases',
      })
      return null
    }
  }

  markOverride(node: object, option: string): void {
    this.#overrides.set(node, option)
  }

  /** The problem located at the key or value of `path`, or at its nearest existing parent. */
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

  /** The message of the YAML parser, unless the text at `offset`, which it may quote, looks like a secret. */
  #redacted(message: string, offset: number): string {
    const lines = this.text.slice(Math.max(0, offset - 300), offset).split('\n')
    return mentionsSecret(lines.slice(-2).join('\n')) ? 'invalid YAML' : message
  }

  #reject(offset: number, details: ProblemDetails): void {
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
  MULTIPLE_DOCS: 'a file holds one scenario: remove the second ---',
}
