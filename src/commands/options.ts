import { Argument, InvalidArgumentError, Option } from 'commander'
import { usageError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import type { Unit } from '../base/quantity.js'

const MOST_REPEATS = 100

/** An option that may be given several times. commander's variadic options would take the scenario's path as a value. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; repeatable`).argParser(collect).default([], 'none')
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value]
}

/** An option that takes one of `names`; the error for any other value suggests the nearest. */
export function optionOf(flags: string, description: string, names: readonly string[]): Option {
  return new Option(flags, description).choices(names).argParser(chooser(names))
}

/** An argument that takes one of `names`. */
export function argumentOf(name: string, description: string, names: readonly string[]): Argument {
  return new Argument(name, description).choices(names).argParser(chooser(names))
}

function chooser(names: readonly string[]): (text: string) => string {
  return (text) => {
    if (names.includes(text)) return text
    const meant = nearest(text, names)
    throw new InvalidArgumentError(
      `${meant ? `Did you mean ${meant}? ` : ''}Choose from ${names.join(', ')}.`,
    )
  }
}

/** Without it or its opposite, it is on with CI set, where nobody would notice a stand-in. */
export function requireReal(): Option {
  return new Option(
    '--require-real',
    'refuse embedded stand-ins for programs that are missing (the default with CI set)',
  )
}

export function allowStandIns(): Option {
  return new Option('--no-require-real', 'allow embedded stand-ins')
}

export function requiresReal({ requireReal }: { readonly requireReal?: boolean }): boolean {
  return requireReal ?? Boolean(process.env.CI)
}

/** The value of `--repeat`. */
export function parseRepeats(text: string): number {
  const repeats = /^\d+$/.test(text) ? Number(text) : 0
  if (repeats >= 1 && repeats <= MOST_REPEATS) return repeats
  throw usageError(`--repeat ${text}: expected a whole number from 1 to ${MOST_REPEATS}`)
}

/** Parses a quantity; the error for anything else says what is expected. */
export function parserOf({ parse, expected }: Unit): (text: string) => number {
  return (text) => {
    const value = parse(text)
    if (value === null) throw new InvalidArgumentError(`Expected ${expected}.`)
    return value
  }
}
