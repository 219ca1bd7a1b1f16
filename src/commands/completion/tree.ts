import type { Command } from 'commander'

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
  /** The values it accepts; empty: any. */
  readonly values: readonly string[]
}

/**
 * The tree of a program's commands, with the choices of their options and arguments. `scenarios` are offered wherever an
 * argument of that name is.
 */
export function completionTree(program: Command, scenarios: readonly string[]): CompletionNode[] {
  return below(program, '', scenarios)
}

function below(command: Command, path: string, scenarios: readonly string[]): CompletionNode[] {
  const [first] = command.registeredArguments
  const isScenario = first !== undefined && ['scenario', 'what'].includes(first.name())
  const choices = first?.argChoices ?? (isScenario ? scenarios : [])
  const help = { flag: '--help', about: 'display help for command', takesValue: false, values: [] }
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
        values: option.argChoices ?? [],
      })),
      help,
    ],
  }
  const children = command.commands.flatMap((child) =>
    below(child, `${path} ${child.name()}`.trim(), scenarios),
  )
  return [node, ...children]
}

/** As one word of a POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\\\''")}'`
}
