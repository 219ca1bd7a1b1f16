import { Command } from 'commander'
import { strategies } from '../cluster/affinity/index.js'
import { balancers } from '../cluster/balancers/index.js'
import { execute, type Prepared, prepare } from '../execute.js'
import { type ExitName, exitCodes } from '../exit-codes.js'
import { onInterrupt } from '../interrupt.js'
import { Live } from '../live.js'
import { type Output, parseOutput, writeOutputs } from '../outputs.js'
import { json } from '../reporters/json.js'
import { table } from '../reporters/table.js'
import type { Result, Verdict } from '../results/result.js'
import { describePlan } from '../scenarios/describe-plan.js'
import { loadScenario } from '../scenarios/load.js'
import type { Machine } from '../scenarios/machine.js'
import { readMachine } from '../scenarios/read-machine.js'
import { liveOptions, renderingFor } from '../terminal.js'
import { optionOf } from './one-of.js'
import { collect } from './options.js'

interface RunOptions {
  readonly set: readonly string[]
  readonly out: readonly string[]
  readonly balancer?: string
  readonly strategy?: string
  readonly nodes?: string
  readonly seed?: string
  readonly dryRun?: true
  readonly json?: true
  readonly quiet?: true
  readonly color: boolean
}

export function runCommand(): Command {
  return new Command('run')
    .description(
      'run a scenario: cluster up, clients connected, traffic, chaos, and an account of every message',
    )
    .argument('<scenario>', 'path, or name of a bundled scenario (wsbench list scenarios)')
    .option('--set <path=value>', 'override one value of the scenario; repeatable', collect, [])
    .option('--out <kind=path>', 'write a report to a file; repeatable', collect, [])
    .addOption(optionOf('--balancer <kind>', 'cluster.balancer.kind', ['auto', ...Object.keys(balancers)]))
    .addOption(optionOf('--strategy <name>', 'cluster.balancer.strategy', Object.keys(strategies)))
    .option('--nodes <count>', 'cluster.nodes')
    .option('--seed <number>', 'seed of every random draw')
    .option('--dry-run', 'print the plan and start nothing')
    .option('--json', 'print the result as JSON instead of the summary')
    .option('--quiet', 'no progress on stderr')
    .option('--no-color', 'no colour')
    .addHelpText(
      'after',
      `
Examples:
  wsbench run smoke
  wsbench run node-kill --balancer haproxy --strategy cookie --out json=result.json
  wsbench run fanout-50k --set clients.count=10k --set 'traffic[0].rate=1/s'
  wsbench run my-scenario.yaml --dry-run`,
    )
    .action(async (scenario: string, options: RunOptions) => {
      process.exitCode = await runScenario(scenario, options)
    })
}

async function runScenario(path: string, options: RunOptions): Promise<number> {
  const outputs = options.out.map((text) => parseOutput(text))
  const scenario = loadScenario(path, overridesOf(options))
  const machine = readMachine()
  const prepared = prepare(scenario, machine)
  if (options.dryRun) {
    process.stdout.write(describePlan(prepared.plan))
    return exitCodes.pass
  }
  const result = await watch(prepared, machine, options)
  return report(result, outputs, options)
}

/** The short options are `--set`s of what they stand for, and win over them. */
function overridesOf({ set, balancer, strategy, nodes, seed }: RunOptions): string[] {
  const short = {
    'cluster.balancer.kind': balancer,
    'cluster.balancer.strategy': strategy,
    'cluster.nodes': nodes,
    seed,
  }
  return [
    ...set,
    ...Object.entries(short).flatMap(([path, value]) => (value === undefined ? [] : [`${path}=${value}`])),
  ]
}

async function watch(prepared: Prepared, machine: Machine, options: RunOptions): Promise<Result> {
  const live = options.quiet ? null : new Live(prepared.plan, liveOptions(options.color))
  const interrupt = onInterrupt((text) => live?.note(text))
  try {
    return await execute(prepared, { machine, observer: live, signal: interrupt.signal })
  } finally {
    interrupt.dispose()
    live?.end()
  }
}

/** Files first, then stdout; the exit code is the verdict's, unless a report could not be written. */
function report(result: Result, outputs: readonly Output[], options: RunOptions): number {
  const troubles = writeOutputs(outputs, (reporter, rendering) => reporter.render(result, rendering))
  process.stdout.write((options.json ? json : table).render(result, renderingFor(options.color)))
  for (const trouble of troubles) process.stderr.write(`${trouble}\n`)
  const code = exitCodes[exitOf(result.verdict)]
  return code === exitCodes.pass && troubles.length > 0 ? exitCodes.internal : code
}

function exitOf({ outcome }: Verdict): ExitName {
  return outcome === 'fail' ? 'gate' : outcome
}
