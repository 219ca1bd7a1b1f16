import { readdirSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { usageError } from '../../../base/errors.js'
import type { Directive } from './directive.js'
import { type Token, tokenize } from './tokenize.js'

/** Includes within includes; nginx itself has no limit, and a file that includes itself would never end. */
const DEEPEST_INCLUDE = 10

/** A configuration with its includes in place; files that an `include` names and are not there are left out. */
export function parseNginx(text: string, file: string): Directive {
  const main = { name: 'main', args: [], place: { file, line: 1 }, parent: null }
  return new Parser(tokenize(text, file), file, { prefix: dirname(file), depth: 0 }).block(main)
}

interface Includes {
  /** Relative paths start at the directory of the first file. */
  readonly prefix: string
  readonly depth: number
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #file: string
  readonly #includes: Includes
  #at = 0

  constructor(tokens: readonly Token[], file: string, includes: Includes) {
    this.#tokens = tokens
    this.#file = file
    this.#includes = includes
  }

  /** Reads until the brace that closes the block; for `main`, until the end of the file. */
  block(header: Omit<Directive, 'block'>): Directive {
    const block: Directive[] = []
    const directive: Directive = { ...header, block }
    this.#fill(block, directive, header.name === 'main')
    return directive
  }

  /** What stands in an included file, as children of `parent`. */
  children(parent: Directive): Directive[] {
    const block: Directive[] = []
    this.#fill(block, parent, true)
    return block
  }

  #fill(block: Directive[], parent: Directive, isFile: boolean): void {
    for (;;) {
      const token = this.#tokens[this.#at]
      if (token === undefined) {
        if (isFile) return
        throw usageError(
          `${parent.place.file}:${parent.place.line}: the block of ${parent.name} is not closed`,
        )
      }
      if (isPunctuation(token, '}')) {
        if (isFile) throw usageError(`${this.#file}:${token.line}: a } that closes nothing`)
        this.#at += 1
        return
      }
      block.push(...this.#directive(parent))
    }
  }

  #directive(parent: Directive): readonly Directive[] {
    const words: Token[] = []
    for (;;) {
      const token = this.#tokens[this.#at]
      this.#at += 1
      const [first] = words
      if (token === undefined || isPunctuation(token, '}')) {
        const line = (first ?? token)?.line ?? 1
        throw usageError(`${this.#file}:${line}: ${first?.text ?? ''} has no ; at its end`)
      }
      if (!isPunctuation(token, ';') && !isPunctuation(token, '{')) {
        words.push(token)
        continue
      }
      if (first === undefined && isPunctuation(token, ';')) return []
      const name = first?.text ?? ''
      const args = words.slice(1).map(({ text }) => text)
      const place = { file: this.#file, line: first?.line ?? token.line }
      if (isPunctuation(token, '{')) return [this.block({ name, args, place, parent })]
      if (name === 'include' && args[0] !== undefined) return this.#include(args[0], parent)
      return [{ name, args, place, parent, block: null }]
    }
  }

  #include(pattern: string, parent: Directive): readonly Directive[] {
    const { prefix, depth } = this.#includes
    if (depth >= DEEPEST_INCLUDE) return []
    return filesLike(isAbsolute(pattern) ? pattern : resolve(prefix, pattern)).flatMap((file) => {
      const tokens = tokenize(readFileSync(file, 'utf8'), file)
      return new Parser(tokens, file, { prefix, depth: depth + 1 }).children(parent)
    })
  }
}

function isPunctuation({ text, isQuoted }: Token, character: '{' | '}' | ';'): boolean {
  return !isQuoted && text === character
}

/** Files of an absolute path, in which `*` and `?` stand for parts of names. */
function filesLike(pattern: string): string[] {
  const [, ...names] = pattern.split(sep)
  let paths: string[] = [sep]
  for (const [index, name] of names.entries()) {
    const isLast = index === names.length - 1
    paths = paths.flatMap((path) => entriesLike(path, name, isLast).map((entry) => join(path, entry)))
  }
  return paths
}

function entriesLike(directory: string, name: string, isFile: boolean): string[] {
  const expression = new RegExp(
    `^${name
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
  if (!/[*?]/.test(name) && !isFile) return [name]
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => expression.test(entry.name) && (!isFile || !entry.isDirectory()))
      .map((entry) => entry.name)
      .sort()
  } catch {
    return []
  }
}
