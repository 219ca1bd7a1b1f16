import { Command } from 'commander'
import { adviseConfig } from '../advice/config/advise-config.js'
import { renderConfigReport } from '../advice/config/render.js'
import { adviseResult } from '../advice/result/advise-result.js'
import { prove } from '../advice/result/prove.js'
import { renderProofs, renderResultAdvice } from '../advice/result/render.js'
import { usageError } from '../base/errors.js'
import { escapeJson } from '../base/escape.js'
import { exitCodes } from '../base/exit-codes.js'
import { count, duration } from '../base/quantity.js'
import { stdout } from '../base/terminal-output.js'
import { renderingFor } from '../live/terminal.js'
import { readSavedFile } from '../results/saved/read-saved.js'
import { parserOf, repeatable } from './options.js'
import { summaries } from './summaries.js'

interface AdviseOptions {
  readonly config?: string
  readonly heartbeat?: number
  readonly prove?: string
  readonly set: readonly string[]
  readonly repeat: number
  readonly quiet?: true
  readonly json?: true
  readonly color: boolean
}

export function adviseCommand(): Command {
  return new Command('advise')
    .description(summaries.advise)
    .argument('[result.json]', 'a run, written by --out json=…')
    .option('--config <file>', 'nginx.conf or haproxy.cfg, whole or a part; includes are followed')
    .option(
      '--heartbeat <duration>',
      'with --config: longest time without a message on a healthy connection',
      parserOf(duration),
    )
    .option('--prove <scenario>', 'run the scenario of the result as it is and with each change, in turn')
    .option('--repeat <n>', 'with --prove: how many runs of each', parserOf(count), 5)
    .addOption(repeatable('--set <path=value>', 'with --prove: override one value of the scenario'))
    .option('-q, --quiet', 'no live view')
    .option('--json', 'print it as JSON')
    .option('--no-color', 'no colour')
    .addHelpText(
      'after',
      `
For a result it prints what was seen, a change, and the metric that should get better. --prove measures whether it does.
For a configuration it asks the program itself (nginx -t, haproxy -c), and applies rules for what it accepts. Each finding
has its place, what happens to sockets, the lines to write and a command that shows it; exit 99 if there is one.

Examples:
  wsbench advise result.json
  wsbench advise result.json --prove node-drain --repeat 5
  wsbench advise --config /etc/nginx/nginx.conf
  wsbench advise --config haproxy.cfg --heartbeat 25s`,
    )
    .action(async (file: string | undefined, options: AdviseOptions) => {
      if ((file === undefined) === (options.config === undefined)) {
        throw usageError('expected a result.json, or --config nginx.conf', 'wsbench advise --help')
      }
      process.exitCode =
        file === undefined ? await onConfig(options.config!, options) : await onResult(file, options)
    })
}

async function onConfig(file: string, { heartbeat, json, color }: AdviseOptions): Promise<number> {
  const report = await adviseConfig(file, { heartbeatMs: heartbeat ?? null })
  stdout.printReport(json ? asJson(report) : renderConfigReport(report, renderingFor(color)))
  return report.advice.length === 0 ? exitCodes.pass : exitCodes.gate
}

async function onResult(file: string, options: AdviseOptions): Promise<number> {
  const { prove: scenario, set, repeat, quiet, json, color } = options
  const result = readSavedFile(file)
  if (result.kind !== undefined) throw usageError(`${file} is not the result of one run`)
  const advice = adviseResult(result)
  const rendering = renderingFor(color)
  if (!json) stdout.printReport(renderResultAdvice(result, advice, rendering))
  const proofs =
    scenario === undefined || advice.length === 0
      ? null
      : await prove({
          scenario,
          overrides: set,
          repeats: repeat,
          isQuiet: quiet === true,
          wantsColor: color,
          advice,
          result,
        })
  if (json)
    stdout.printReport(asJson({ version: 1, kind: 'advice', scenario: result.scenario.name, advice, proofs }))
  else if (proofs) stdout.printReport(`\n${renderProofs(proofs, rendering)}`)
  return exitCodes.pass
}

function asJson(value: unknown): string {
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`
}
