import { Command, CommanderError } from 'commander'
import { WsbenchError } from '../base/errors.js'
import { exitCodes } from '../base/exit-codes.js'
import { packageVersion } from '../base/package-info.js'
import { asSetupError } from '../base/system-error.js'
import { stderr, stdout } from '../base/terminal-output.js'
import { optionMeant } from './other-words.js'
import { summaries } from './summaries.js'

const exitHelp = `
Examples:
  wsbench run smoke                      check that it works here, in 15 seconds
  wsbench init checkout                  write a scenario to start from
  wsbench run checkout.yaml --out json=result.json
  wsbench list scenarios

Exit codes:
  ${exitCodes.pass} pass · ${exitCodes.internal} internal error · ${exitCodes.usage} usage or scenario error · ${exitCodes.setup} set-up failed (a port, a binary, a limit, a disk)
  ${exitCodes.invalid} invalid run · ${exitCodes.gate} a gate failed · ${exitCodes.interrupted} interrupted (partial result kept)`

/** Each is loaded only when it is needed: loading all takes three times as long as loading one. */
const commands: Readonly<Record<keyof typeof summaries, () => Promise<Command>>> = {
  init: async () => (await import('./init.js')).initCommand(),
  run: async () => (await import('./run.js')).runCommand(),
  compare: async () => (await import('./compare.js')).compareCommand(),
  shrink: async () => (await import('./shrink.js')).shrinkCommand(),
  gate: async () => (await import('./gate.js')).gateCommand(),
  advise: async () => (await import('./advise.js')).adviseCommand(),
  report: async () => (await import('./report.js')).reportCommand(),
  validate: async () => (await import('./validate.js')).validateCommand(),
  doctor: async () => (await import('./doctor.js')).doctorCommand(),
  selftest: async () => (await import('./selftest.js')).selftestCommand(),
  cluster: async () => (await import('./cluster.js')).clusterCommand(),
  list: async () => (await import('./list.js')).listCommand(),
  completion: async () => (await import('./completion.js')).completionCommand(),
}

/** With the command that was `asked` for, and the names of the others; `completion` needs all of them. */
async function createProgram(asked: string | undefined): Promise<Command> {
  const program = new Command('wsbench')
    .description(
      'Load-tests a WebSocket cluster, breaks parts of it, and reports who lost which messages, and why.',
    )
    .version(packageVersion)
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .addHelpText('after', exitHelp)
  for (const [name, load] of Object.entries(commands)) {
    const isNeeded = name === asked || asked === 'completion'
    program.addCommand(isNeeded ? await load() : stubOf(name as keyof typeof summaries))
  }
  return program
}

/** Stands for a command in the list of `--help`, and among the suggestions for a misspelt one. */
function stubOf(name: keyof typeof summaries): Command {
  return new Command(name).description(summaries[name])
}

/**
 * Makes every command throw instead of exiting, so that only this file decides the exit code, and print through
 * terminal-output.ts.
 */
function configure(command: Command): void {
  command
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: (text) => stdout.print(text),
      writeErr: (text) => stderr.print(text),
    })
  command.commands.forEach(configure)
}

/** Prints an error that ends the program; returns the exit code. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    const [, option] = /^error: unknown option '([^']+)'/.exec(error.message) ?? []
    const meant = option === undefined ? undefined : optionMeant(option)
    if (meant) stderr.print(`  hint: ${meant}`)
    return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage
  }
  const known = error instanceof WsbenchError ? error : asSetupError(error)
  if (known !== null) {
    stderr.print(known.hint ? `${known.message}\n  hint: ${known.hint}` : known.message)
    return exitCodes[known.exit]
  }
  stderr.print(`internal error (a bug in wsbench): ${error instanceof Error ? error.stack : error}`)
  return exitCodes.internal
}

/** Carries out a command line, without the program's name, and sets the exit code of this process. Never rejects. */
export async function execute(args: readonly string[]): Promise<void> {
  try {
    const [first, second] = args
    const program = await createProgram(first === 'help' ? second : first)
    configure(program)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}
