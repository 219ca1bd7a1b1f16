#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { WsbenchError } from './base/errors.js'
import { exitCodes } from './base/exit-codes.js'
import { packageVersion } from './base/package-info.js'

const exitHelp = `
Examples:
  wsbench run smoke                      check that it works here, in 15 seconds
  wsbench init checkout                  write a scenario to start from
  wsbench run checkout.yaml --out json=result.json
  wsbench list scenarios

Exit codes:
  ${exitCodes.pass} pass · ${exitCodes.internal} internal error · ${exitCodes.usage} usage or scenario error · ${exitCodes.setup} set-up failed (a port, a binary, a limit)
  ${exitCodes.invalid} invalid run · ${exitCodes.gate} a gate failed · ${exitCodes.interrupted} interrupted (partial result kept)`

/** Each is loaded only when it is needed: loading all takes twice as long as loading one. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./commands/init.js')).initCommand(),
  run: async () => (await import('./commands/run.js')).runCommand(),
  compare: async () => (await import('./commands/compare.js')).compareCommand(),
  shrink: async () => (await import('./commands/shrink.js')).shrinkCommand(),
  gate: async () => (await import('./commands/gate.js')).gateCommand(),
  advise: async () => (await import('./commands/advise.js')).adviseCommand(),
  report: async () => (await import('./commands/report.js')).reportCommand(),
  validate: async () => (await import('./commands/validate.js')).validateCommand(),
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand(),
  selftest: async () => (await import('./commands/selftest.js')).selftestCommand(),
  cluster: async () => (await import('./commands/cluster.js')).clusterCommand(),
  list: async () => (await import('./commands/list.js')).listCommand(),
  completion: async () => (await import('./commands/completion.js')).completionCommand(),
}

/** With the command that was `asked` for; with all commands for `--help` and `completion`. */
async function createProgram(asked: string | undefined): Promise<Command> {
  const isAlone = asked !== undefined && asked !== 'completion' && Object.hasOwn(commands, asked)
  const program = new Command('wsbench')
    .description(
      'Load-tests a WebSocket cluster, breaks parts of it, and reports who lost which messages, and why.',
    )
    .version(packageVersion)
    .addHelpText('after', exitHelp)
  for (const name of isAlone ? [asked] : Object.keys(commands)) program.addCommand(await commands[name]!())
  return program
}

/** Makes every command throw instead of exiting, so that only this file decides the exit code. */
function overrideExit(command: Command): void {
  command.exitOverride().showSuggestionAfterError(true)
  for (const child of command.commands) overrideExit(child)
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage
  if (error instanceof WsbenchError) {
    process.stderr.write(`${error.message}\n${error.hint ? `  hint: ${error.hint}\n` : ''}`)
    return exitCodes[error.exit]
  }
  process.stderr.write(`internal error (a bug in wsbench): ${error instanceof Error ? error.stack : error}\n`)
  return exitCodes.internal
}

const program = await createProgram(process.argv[2])
overrideExit(program)
// `wsbench list | head` closes the pipe early, which is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}
