import { Argument, InvalidArgumentError, Option } from 'commander'
import { nearest } from '../base/nearest.js'

/** An option whose value is one of `names`; the error for another one says which is near. */
export function optionOf(flags: string, description: string, names: readonly string[]): Option {
  return new Option(flags, description).choices(names).argParser(chooser(names))
}

/** The same for an argument. */
export function argumentOf(name: string, description: string, names: readonly string[]): Argument {
  return new Argument(name, description).choices(names).argParser(chooser(names))
}

function chooser(names: readonly string[]): (text: string) => string {
  return (text) => {
    if (names.includes(text)) return text
    const meant = nearest(text, names)
    throw new InvalidArgumentError(`${meant ? `Did you mean ${meant}? ` : ''}There are: ${names.join(', ')}.`)
  }
}
