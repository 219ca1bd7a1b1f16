import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { setupError } from '../base/errors.js'
import { escapeJson, escapeText } from '../base/escape.js'
import { exitCodes } from '../base/exit-codes.js'
import { formatShare, plural } from '../base/format.js'
import { duration } from '../base/quantity.js'
import { stdout } from '../base/terminal-output.js'
import { type Shrunk, trialWords } from '../experiments/shrink/shrink.js'
import { shrinkScenario } from '../experiments/shrink/shrink-scenario.js'
import { parserOf, repeatable } from './options.js'
import { summaries } from './summaries.js'

interface ShrinkOptions {
  readonly fails?: string
  readonly budget: number
  readonly state?: string
  readonly out?: string
  readonly set: readonly string[]
  readonly quiet?: true
  readonly json?: true
  readonly color: boolean
}

const HALF_AN_HOUR_MS = 30 * 60_000

export function shrinkCommand(): Command {
  return new Command('shrink')
    .description(summaries.shrink)
    .argument('<scenario>', 'path, or name of a bundled scenario')
    .option('--fails <gate>', 'the gate that fails; default: the only one of the scenario')
    .option('--budget <duration>', 'start no run after this time', parserOf(duration), HALF_AN_HOUR_MS)
    .option('--state <file>', 'keep the outcomes of all runs here, and go on from them')
    .option('--out <file.yaml>', 'write the smallest scenario to a file')
    .addOption(repeatable('--set <path=value>', 'override one value of the scenario'))
    .option('-q, --quiet', 'no live view, no progress')
    .option('--json', 'print the search as JSON instead of the scenario')
    .option('--no-color', 'no colour')
    .addHelpText(
      'after',
      `
Leaves out events and channels, lowers counts, rates and durations, and takes settings back to their defaults, one change at
a time. Repeated runs decide whether a scenario still fails. The scenario goes to stdout, its story to stderr.
Exit 4 if it never fails.

Examples:
  wsbench shrink checkout.yaml --fails 'delivery.lostInFlight == 0'
  wsbench shrink node-drain --fails 'delivery.lost == 0' --budget 10m --state drain.state --out small.yaml`,
    )
    .action(async (scenario: string, options: ShrinkOptions) => {
      process.exitCode = await run(scenario, options)
    })
}

async function run(scenario: string, options: ShrinkOptions): Promise<number> {
  const { fails, budget, state, out, set, quiet, json, color } = options
  const shrunk = await shrinkScenario({
    scenario,
    overrides: set,
    gate: fails ?? null,
    budgetMs: budget,
    stateFile: state ?? null,
    isQuiet: quiet === true,
    wantsColor: color,
  })
  const text = `${storyOf(shrunk)
    .map((line) => `# ${escapeText(line)}\n`)
    .join('')}${shrunk.yaml}`
  if (out !== undefined) write(out, text)
  if (json) stdout.print(escapeJson(JSON.stringify({ version: 1, kind: 'shrunk', ...shrunk }, null, 2)))
  else if (out === undefined) stdout.print(text)
  else stdout.print(storyOf(shrunk).join('\n'))
  return shrunk.isInterrupted ? exitCodes.interrupted : exitCodes.pass
}

/** What was found, as the head of the scenario. */
function storyOf({ gate, taken, needed, isComplete, confirmation, runs }: Shrunk): string[] {
  const end = isComplete ? 'nothing more can be left out' : 'stopped before all was tried'
  return [
    `Still fails ${gate}. ${plural(runs, 'run')}, ${plural(taken.length, 'reduction')}; ${end}.`,
    ...(confirmation === null || confirmation.runs === 0
      ? []
      : [
          `Fails in ${confirmation.failed} of ${confirmation.runs} further runs: ${formatShare(confirmation.rate.low)} to ${formatShare(confirmation.rate.high)} at 95 %.`,
        ]),
    ...(needed.length === 0 ? [] : ['Needed: without each of these it no longer fails.']),
    ...needed.map((tried) => `  ${trialWords(tried.what, tried)}`),
  ]
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw setupError(`cannot write ${file}: ${(error as Error).message}`, undefined, error)
  }
}
