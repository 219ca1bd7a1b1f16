import type { Command } from 'commander'
import { entry } from '../../base/records.js'

/** What may follow one command on the command line. */
export interface CompletionNode {
  /** `cluster chaos`; empty for wsbench itself. */
  readonly path: string
  /** Subcommands, or values of the first argument. */
  readonly words: readonly Word[]
  /** Whether the first argument may also be a file. */
  readonly takesFiles: boolean
  readonly options: readonly OptionWords[]
}

export interface Word {
  readonly text: string
  readonly about: string
}

export interface OptionWords {
  /** `--balancer` */
  readonly flag: string
  readonly about: string
  readonly takesValue: boolean
  /** The values it accepts, or how they begin; empty: a file. */
  readonly values: readonly string[]
  /** Whether more follows each of `values`: a path after `json=`, a quantity after `clients.count=`. */
  readonly isOpen: boolean
}

/** What can be offered besides the choices that the options have. */
export interface Offers {
  /** Wherever there is an argument of that name. */
  readonly scenarios: readonly string[]
  /** How the values of an option begin, by its flag. */
  readonly beginnings: Readonly<Record<string, readonly string[]>>
}

/** The tree of a program's commands, with the choices of their options and arguments. */
export function completionTree(program: Command, offers: Offers): CompletionNode[] {
  return below(program, '', offers)
}

function below(command: Command, path: string, offers: Offers): CompletionNode[] {
  const { scenarios, beginnings } = offers
  const [first] = command.registeredArguments
  const isScenario = first !== undefined && ['scenario', 'what'].includes(first.name())
  const choices = first?.argChoices ?? (isScenario ? scenarios : [])
  const help = {
    flag: '--help',
    about: 'display help for command',
    takesValue: false,
    values: [],
    isOpen: false,
  }
  const node: CompletionNode = {
    path,
    words: [
      ...command.commands.map((child) => ({ text: child.name(), about: child.description() })),
      ...choices.map((text) => ({ text, about: '' })),
    ],
    takesFiles: first !== undefined && first.argChoices === undefined,
    options: [
      ...command.options.map((option) => ({
        flag: option.long ?? option.flags,
        about: option.description,
        takesValue: option.required || option.optional,
        values: option.argChoices ?? entry(beginnings, option.long ?? '') ?? [],
        isOpen: option.argChoices === undefined && entry(beginnings, option.long ?? '') !== undefined,
      })),
      help,
    ],
  }
  const children = command.commands.flatMap((child) => below(child, `${path} ${child.name()}`.trim(), offers))
  return [node, ...children]
}

/** As one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\\\''")}'`
}
