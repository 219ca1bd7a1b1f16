#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { clusterCommand } from './commands/cluster.js'
import { compareCommand } from './commands/compare.js'
import { completionCommand } from './commands/completion.js'
import { doctorCommand } from './commands/doctor.js'
import { gateCommand } from './commands/gate.js'
import { initCommand } from './commands/init.js'
import { listCommand } from './commands/list.js'
import { reportCommand } from './commands/report.js'
import { runCommand } from './commands/run.js'
import { selftestCommand } from './commands/selftest.js'
import { validateCommand } from './commands/validate.js'
import { WsbenchError } from './errors.js'
import { exitCodes } from './exit-codes.js'
import { packageVersion } from './package-info.js'

const exitHelp = `
Examples:
  wsbench run smoke                      does it work here? 15 seconds
  wsbench init checkout                  a scenario of your own to start from
  wsbench run checkout.yaml --out json=result.json
  wsbench list scenarios

Exit codes:
  ${exitCodes.pass} pass · ${exitCodes.internal} internal error · ${exitCodes.usage} usage or scenario error · ${exitCodes.setup} set-up failed (a port, a binary, a limit)
  ${exitCodes.invalid} invalid run · ${exitCodes.gate} a gate failed · ${exitCodes.interrupted} interrupted (partial result kept)`

function createProgram(): Command {
  return new Command('wsbench')
    .description('Loads a WebSocket cluster, breaks it on purpose, and says who lost which message, and why.')
    .version(packageVersion)
    .addCommand(initCommand())
    .addCommand(runCommand())
    .addCommand(compareCommand())
    .addCommand(gateCommand())
    .addCommand(reportCommand())
    .addCommand(validateCommand())
    .addCommand(doctorCommand())
    .addCommand(selftestCommand())
    .addCommand(clusterCommand())
    .addCommand(listCommand())
    .addCommand(completionCommand())
    .addHelpText('after', exitHelp)
}

/** Every command of the tree throws instead of exiting, so that this file alone decides the exit code. */
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

const program = createProgram()
overrideExit(program)
// `wsbench list | head` closes the pipe early; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}
