import { Command } from 'commander'
import { WsbenchError } from '../base/errors.js'
import { exitCodes } from '../base/exit-codes.js'
import { compareMatrix } from '../experiments/compare-matrix.js'
import { renderingFor } from '../live/terminal.js'
import { json } from '../reporters/json.js'
import { table } from '../reporters/table.js'
import { type Comparison, exitOf, overallOutcome } from '../results/comparison/comparison.js'
import { readSaved } from '../results/saved/read-saved.js'
import { collect } from './options.js'
import { type Output, parseOutput, speaksOnStdout, writeOutputs } from './outputs.js'

interface CompareOptions {
  readonly over: readonly string[]
  readonly repeat?: string
  readonly set: readonly string[]
  readonly out: readonly string[]
  readonly json?: true
  readonly quiet?: true
  readonly color: boolean
}

const MOST_REPEATS = 100

export function compareCommand(): Command {
  return new Command('compare')
    .description(
      'run a scenario over a matrix of settings, or lay saved results side by side: one ranked table',
    )
    .argument('<what...>', 'a scenario to be run with --over; or results that --out json=… saved')
    .option(
      '--over <path=value,value…>',
      'vary one value of the scenario; repeatable, for all combinations',
      collect,
      [],
    )
    .option('--repeat <count>', 'runs of each cell, all cells in turn (default: 1)')
    .option('--set <path=value>', 'override one value in every cell; repeatable', collect, [])
    .option('--out <kind=path>', 'write the comparison to a file, - for stdout; repeatable', collect, [])
    .option('--json', 'print the comparison as JSON instead of the table')
    .option('--quiet', 'no progress on stderr')
    .option('--no-color', 'no colour')
    .addHelpText(
      'after',
      `
Values are YAML, separated by commas. For cluster.balancer, nginx:ip-hash stands for kind and strategy.
Every cell has the same seed and load: without clients.connectRate all connect as fast as suits the slowest of them.
Cells run one after the other, A B C, A B C …, each as "wsbench run" would.
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
  const outputs = options.out.map((text) =>
    parseOutput(text, ({ renderComparison }) => renderComparison !== undefined),
  )
  const comparison = options.over.length > 0 ? await overMatrix(what, options) : savedOnes(what, options)
  return report(comparison, outputs, options)
}

function overMatrix(what: readonly string[], options: CompareOptions): Promise<Comparison> {
  const [scenario = '', ...more] = what
  if (more.length > 0) throw usage(`--over takes one scenario, not ${what.length}: ${what.join(', ')}`)
  return compareMatrix({
    scenario,
    over: options.over,
    overrides: options.set,
    repeats: parseRepeats(options.repeat ?? '1'),
    isQuiet: options.quiet === true,
    color: options.color,
  })
}

function savedOnes(what: readonly string[], { set, repeat }: CompareOptions): Comparison {
  if (set.length > 0 || repeat !== undefined) {
    throw usage(
      '--set and --repeat are about running a scenario, which needs --over',
      'add --over path=value,value',
    )
  }
  return readSaved(what)
}

function parseRepeats(text: string): number {
  const repeats = /^\d+$/.test(text) ? Number(text) : 0
  if (repeats >= 1 && repeats <= MOST_REPEATS) return repeats
  throw usage(`--repeat ${text}: expected a whole number from 1 to ${MOST_REPEATS}`)
}

/** Files first, then stdout; the exit code is the worst cell's, unless a report could not be written. */
function report(comparison: Comparison, outputs: readonly Output[], options: CompareOptions): number {
  const rendering = renderingFor(options.color)
  const troubles = writeOutputs(
    outputs,
    (reporter, own) => reporter.renderComparison!(comparison, own),
    rendering,
  )
  if (options.json) process.stdout.write(json.renderComparison(comparison, rendering))
  else if (!speaksOnStdout(outputs)) process.stdout.write(table.renderComparison(comparison, rendering))
  for (const trouble of troubles) process.stderr.write(`${trouble}\n`)
  const code = exitCodes[exitOf(overallOutcome(comparison))]
  return code === exitCodes.pass && troubles.length > 0 ? exitCodes.internal : code
}

function usage(message: string, hint?: string): WsbenchError {
  return new WsbenchError(message, { exit: 'usage', ...(hint === undefined ? {} : { hint }) })
}
