import { Command } from 'commander'
import { exitCodes } from '../base/exit-codes.js'
import { formatBytes, formatCount } from '../base/format.js'
import { stdout } from '../base/terminal-output.js'
import { describeLimits } from '../planning/limits/describe-limits.js'
import { limitsOf } from '../planning/limits/index.js'
import { firstExceeded, statusOf } from '../planning/limits/limit.js'
import type { Machine } from '../planning/machine.js'
import { draftPlan } from '../planning/planner.js'
import { readMachine } from '../planning/read-machine.js'
import { columns } from '../planning/text-layout.js'
import { loadScenario } from '../scenarios/load.js'
import type { Scenario } from '../scenarios/schema.js'
import { bundledScenarios } from '../scenarios/yaml/bundled.js'
import { repeatable } from './options.js'
import { summaries } from './summaries.js'

interface DoctorOptions {
  readonly set: readonly string[]
  readonly json?: true
}

export function doctorCommand(): Command {
  return new Command('doctor')
    .description(summaries.doctor)
    .argument('[scenario]', 'path, or name of a bundled scenario; without it, all the bundled ones in short')
    .addOption(repeatable('--set <path=value>', 'override one value of the scenario'))
    .option('--json', 'print JSON instead of the table')
    .addHelpText(
      'after',
      `
Starts nothing. "wsbench run" makes the same checks, and exits 3 with the limit that is exceeded first.
Exit 3 if this machine can't carry the scenario.

Examples:
  wsbench doctor idle-300k
  wsbench doctor my-scenario.yaml --set clients.count=1M --json`,
    )
    .action((scenario: string | undefined, options: DoctorOptions) => {
      process.exitCode = scenario === undefined ? examineAll(options) : examine(scenario, options)
    })
}

function examine(path: string, { set, json }: DoctorOptions): number {
  const checkup = checkUp(loadScenario(path, set), readMachine())
  stdout.print(json ? `${JSON.stringify(checkup, null, 2)}\n` : describe(checkup))
  return checkup.fits ? exitCodes.pass : exitCodes.setup
}

/** What `--json` prints, version 1. */
function checkUp(scenario: Scenario, machine: Machine) {
  const plan = draftPlan(scenario, machine)
  const limits = limitsOf(plan, machine)
  const first = firstExceeded(limits)
  return {
    version: 1,
    scenario: scenario.name,
    machine,
    fits: first === undefined,
    firstExceeded: first?.name ?? null,
    limits: limits.map((limit) => ({ ...limit, status: statusOf(limit) })),
  } as const
}

type Checkup = ReturnType<typeof checkUp>

function describe({ scenario, machine, fits, firstExceeded: exceeded, limits }: Checkup): string {
  const verdict = fits
    ? `✓ ${scenario} fits on this machine`
    : `✗ ${scenario} does not fit on this machine; first limit exceeded: ${exceeded}`
  return `${verdict}\n${describeMachine(machine)}\n\n${describeLimits(limits)}\n`
}

function describeMachine({ cores, memoryBytes, platform }: Machine): string {
  const unread = platform === 'linux' ? '' : `; kernel limits can't be read on ${platform}`
  return `  ${formatCount(cores)} cores, ${formatBytes(memoryBytes)}${unread}`
}

function examineAll({ set, json }: DoctorOptions): number {
  const machine = readMachine()
  const checkups = bundledScenarios().map((name) => ({ name, ...checkUp(loadScenario(name, set), machine) }))
  if (json) {
    stdout.print(`${JSON.stringify({ version: 1, machine, scenarios: checkups }, null, 2)}\n`)
    return exitCodes.pass
  }
  const rows = checkups.map(({ name, fits, firstExceeded: exceeded }) => [
    fits ? '✓' : '✗',
    name,
    fits ? 'fits' : `first limit exceeded: ${exceeded}`,
  ])
  stdout.print(`${describeMachine(machine).trim()}\n\n${columns(rows).join('\n')}\n`)
  return exitCodes.pass
}
