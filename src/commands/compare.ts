import { Command } from 'commander'
import { usageError } from '../base/errors.js'
import { compareMatrix } from '../experiments/compare-matrix.js'
import { type Comparison, exitOf, overallOutcome } from '../results/comparison/comparison.js'
import { asSaved, readSaved } from '../results/saved/read-saved.js'
import { allowStandIns, parseRepeats, repeatable, requireReal, requiresReal } from './options.js'
import { parseOutputs } from './outputs.js'
import { summaries } from './summaries.js'
import { writeReport } from './write-report.js'

interface CompareOptions {
  readonly over: readonly string[]
  readonly repeat?: string
  readonly set: readonly string[]
  readonly out: readonly string[]
  readonly json?: true
  readonly quiet?: true
  readonly requireReal?: boolean
  readonly color: boolean
}

export function compareCommand(): Command {
  return new Command('compare')
    .description(summaries.compare)
    .argument('<what...>', 'a scenario to run with --over; or results saved with --out json=…')
    .addOption(repeatable('--over <path=value,value…>', 'vary one value of the scenario'))
    .option('--repeat <count>', 'runs of each cell (default: 1)')
    .addOption(repeatable('--set <path=value>', 'override one value in every cell'))
    .addOption(repeatable('--out <kind=path>', 'write the comparison to a file, or to stdout (-)'))
    .option('--json', 'print the comparison as JSON instead of the table')
    .addOption(requireReal())
    .addOption(allowStandIns())
    .option('--quiet', 'print no progress on stderr, only errors')
    .option('--no-color', 'print without colour')
    .addHelpText(
      'after',
      `
Several --over make cells of all combinations. Values are YAML; for cluster.balancer, nginx:ip-hash is kind and strategy.
Every cell has the same seed and load: without clients.connectRate, all connect at the rate of the slowest cell.
Cells run round-robin: A B C, A B C, …, each as "wsbench run" would.
Cells are ranked only with 3 runs of each or more, by differences that are more than chance and at least 5 %.

The exit code is that of the worst cell: interrupted (130), internal (1), set-up (3), invalid (4), gate (99), else 0.

Examples:
  wsbench compare affinity --over 'cluster.balancer=nginx:ip-hash,nginx:least-connections,haproxy:cookie'
  wsbench compare scale-out --over cluster.nodes=2,4 --over 'traffic[0].rate=1/s,5/s' --repeat 3 --out json=cmp.json
  wsbench compare cmp.json
  wsbench compare monday.json friday.json`,
    )
    .action(async (what: string[], options: CompareOptions) => {
      process.exitCode = await compare(what, options)
    })
}

async function compare(what: readonly string[], options: CompareOptions): Promise<number> {
  const outputs = parseOutputs(options.out, 'comparison', what)
  const comparison = options.over.length > 0 ? await runCells(what, options) : readResults(what, options)
  return writeReport(comparison, { ...options, outputs, exit: exitOf(overallOutcome(comparison)) })
}

async function runCells(what: readonly string[], options: CompareOptions): Promise<Comparison> {
  const [scenario = '', ...more] = what
  if (more.length > 0) throw usageError(`--over takes one scenario, not ${what.length}: ${what.join(', ')}`)
  const comparison = await compareMatrix({
    scenario,
    over: options.over,
    overrides: options.set,
    repeats: parseRepeats(options.repeat ?? '1'),
    isQuiet: options.quiet === true,
    wantsColor: options.color,
    requiresReal: requiresReal(options),
  })
  return asSaved(comparison)
}

function readResults(what: readonly string[], { set, repeat }: CompareOptions): Comparison {
  if (set.length > 0 || repeat !== undefined) {
    throw usageError(
      '--set and --repeat are for running a scenario, with --over',
      'add --over path=value,value',
    )
  }
  return readSaved(what)
}
