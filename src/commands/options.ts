import { Argument, InvalidArgumentError, Option } from 'commander'
import { nearest } from '../base/nearest.js'
import type { Unit } from '../base/quantity.js'

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

/** Parses a quantity; the error for anything else says what is expected. */
export function parserOf({ parse, expected }: Unit): (text: string) => number {
  return (text) => {
    const value = parse(text)
    if (value === null) throw new InvalidArgumentError(`Expected ${expected}.`)
    return value
  }
}
