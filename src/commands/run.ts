import { Command } from 'commander'
import { WsbenchError } from '../base/errors.js'
import { escapeText } from '../base/escape.js'
import { type ExitName, exitCodes } from '../base/exit-codes.js'
import { onInterrupt } from '../base/interrupt.js'
import { strategies } from '../cluster/affinity/index.js'
import { balancers } from '../cluster/balancers/index.js'
import { findMax } from '../experiments/find-max.js'
import { Live } from '../live/live.js'
import { liveOptions, renderingFor } from '../live/terminal.js'
import { describePlan } from '../planning/describe-plan.js'
import type { Machine } from '../planning/machine.js'
import { readMachine } from '../planning/read-machine.js'
import { json } from '../reporters/json.js'
import { table } from '../reporters/table.js'
import { exitOfSearch } from '../results/max-search/max-search.js'
import type { Result, Verdict } from '../results/result.js'
import { asSaved } from '../results/saved/read-saved.js'
import { execute, type Prepared, prepare } from '../run/execute.js'
import { combineObservers } from '../run/observers.js'
import { loadScenario } from '../scenarios/load.js'
import { drivers } from '../scenarios/schema.js'
import { type MetricsAddress, parseMetricsAddress, serveMetrics } from '../telemetry/metrics-endpoint.js'
import { parseCollector, pushMetrics } from '../telemetry/otlp-push.js'
import { optionOf } from './one-of.js'
import { collect } from './options.js'
import { type Output, parseOutput, speaksOnStdout, writeOutputs } from './outputs.js'

interface RunOptions {
  readonly set: readonly string[]
  readonly out: readonly string[]
  readonly driver?: string
  readonly balancer?: string
  readonly strategy?: string
  readonly nodes?: string
  readonly seed?: string
  readonly target?: string
  readonly iOwnThisTarget?: true
  readonly maxDuration?: string
  readonly dryRun?: true
  readonly metrics?: string
  readonly metricsPublic?: true
  readonly otlp?: string
  readonly otlpPublic?: true
  readonly findMax?: string
  readonly ramp?: string
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
    .option('--out <kind=path>', 'write a report to a file, - for stdout; repeatable', collect, [])
    .addOption(optionOf('--driver <name>', 'cluster.driver', drivers))
    .addOption(optionOf('--balancer <kind>', 'cluster.balancer.kind', ['auto', ...Object.keys(balancers)]))
    .addOption(optionOf('--strategy <name>', 'cluster.balancer.strategy', Object.keys(strategies)))
    .option('--nodes <count>', 'cluster.nodes')
    .option('--target <url>', 'target.url, a cluster of your own instead of the bundled one')
    .option('--i-own-this-target', 'target.iOwnThis: it may be loaded as if it were on this machine')
    .option('--max-duration <duration>', 'safety.maxDuration: stop after this')
    .option('--seed <number>', 'seed of every random draw')
    .option('--find-max <gate>', 'run level after level and tell the highest at which this gate holds')
    .option(
      '--ramp <path=from..to>',
      "what --find-max raises (default: clients.count, up to the scenario's own)",
    )
    .option('--dry-run', 'print the plan and start nothing')
    .option('--json', 'print the result as JSON instead of the summary')
    .option('--metrics <address>', 'serve Prometheus metrics while it runs, such as 127.0.0.1:9464')
    .option('--metrics-public', 'let --metrics listen where other machines can reach it')
    .option('--otlp <url>', 'push the same to an OTLP/HTTP collector, such as http://127.0.0.1:4318')
    .option('--otlp-public', 'let --otlp push to another machine')
    .option('--quiet', 'no progress on stderr')
    .option('--no-color', 'no colour')
    .addHelpText(
      'after',
      `
Examples:
  wsbench run smoke
  wsbench run node-kill --balancer haproxy --strategy cookie --out json=result.json
  wsbench run fanout-50k --set clients.count=10k --set 'traffic[0].rate=1/s'
  wsbench run my-scenario.yaml --dry-run
  wsbench run fanout-50k --find-max 'latency.p99 < 250ms' --ramp clients=1k..50k
  wsbench run fanout-50k --find-max 'delivery.lost == 0' --ramp rate=0.2/s..5/s

--find-max doubles the level until a gate of the scenario or the one given breaks or the run is invalid, then closes in
to a tenth. It says who gave out: a gate, the cluster, the generator, the machine or the run itself. It exits 0 if a
level held, else as the run of the lowest level would.`,
    )
    .action(async (scenario: string, options: RunOptions) => {
      process.exitCode =
        options.findMax === undefined
          ? await runScenario(scenario, options)
          : await searchMax(scenario, options.findMax, options)
    })
}

async function runScenario(path: string, options: RunOptions): Promise<number> {
  if (options.ramp !== undefined)
    throw usage('--ramp is for --find-max', "add --find-max 'latency.p99 < 250ms'")
  const outputs = options.out.map((text) => parseOutput(text))
  const address =
    options.metrics === undefined
      ? null
      : parseMetricsAddress(options.metrics, options.metricsPublic === true)
  const collector =
    options.otlp === undefined ? null : parseCollector(options.otlp, options.otlpPublic === true)
  const scenario = loadScenario(path, overridesOf(options))
  const machine = readMachine()
  const prepared = prepare(scenario, machine)
  if (options.dryRun) {
    const lines = describePlan(prepared.plan).split('\n')
    process.stdout.write(lines.map(escapeText).join('\n'))
    return exitCodes.pass
  }
  const result = asSaved(await watch(prepared, { machine, address, collector, options }))
  return report(result, outputs, options)
}

async function searchMax(scenario: string, gate: string, options: RunOptions): Promise<number> {
  if (options.dryRun) throw usage('--find-max has no dry run', 'leave out one of the two')
  if (options.metrics !== undefined || options.otlp !== undefined)
    throw usage('--find-max exports no metrics', 'leave out --metrics and --otlp')
  const outputs = options.out.map((text) =>
    parseOutput(text, ({ renderSearch }) => renderSearch !== undefined),
  )
  const search = asSaved(
    await findMax({
      scenario,
      gate,
      overrides: overridesOf(options),
      ramp: options.ramp ?? null,
      isQuiet: options.quiet === true,
      wantsColor: options.color,
    }),
  )
  const rendering = renderingFor(options.color)
  const troubles = writeOutputs(outputs, (reporter, own) => reporter.renderSearch!(search, own), rendering)
  if (options.json) process.stdout.write(json.renderSearch(search, rendering))
  else if (!speaksOnStdout(outputs)) process.stdout.write(table.renderSearch(search, rendering))
  for (const trouble of troubles) process.stderr.write(`${trouble}\n`)
  const code = exitCodes[exitOfSearch(search)]
  return code === exitCodes.pass && troubles.length > 0 ? exitCodes.internal : code
}

function usage(message: string, hint: string): WsbenchError {
  return new WsbenchError(message, { exit: 'usage', hint })
}

/** The short options are `--set`s of what they stand for, and win over them. */
function overridesOf(options: RunOptions): string[] {
  const { set, driver, balancer, strategy, nodes, seed, target, iOwnThisTarget, maxDuration } = options
  const short = {
    'cluster.driver': driver,
    'cluster.balancer.kind': balancer,
    'cluster.balancer.strategy': strategy,
    'cluster.nodes': nodes,
    'target.url': target,
    'target.iOwnThis': iOwnThisTarget,
    'safety.maxDuration': maxDuration,
    seed,
  }
  return [
    ...set,
    ...Object.entries(short).flatMap(([path, value]) => (value === undefined ? [] : [`${path}=${value}`])),
  ]
}

interface WatchOptions {
  readonly machine: Machine
  readonly address: MetricsAddress | null
  readonly collector: URL | null
  readonly options: RunOptions
}

async function watch(prepared: Prepared, watching: WatchOptions): Promise<Result> {
  const { machine, address, collector, options } = watching
  // Not loaded for nothing: its packages are large.
  const metrics =
    address || collector
      ? new (await import('../telemetry/live-metrics.js')).LiveMetrics(prepared.plan)
      : null
  const endpoint = metrics && address && (await serveMetrics(address, () => metrics.text()))
  const push = metrics && collector && pushMetrics(collector, () => metrics.otlp())
  const live = options.quiet ? null : new Live(prepared.plan, liveOptions(options.color))
  const interrupt = onInterrupt((text) => live?.note(text))
  if (endpoint) live?.note(`metrics at ${endpoint.url}`)
  const observer = combineObservers([live, metrics].filter((one) => one !== null))
  try {
    return await execute(prepared, { machine, observer, signal: interrupt.signal })
  } finally {
    live?.end()
    await endpoint?.close()
    const trouble = await push?.end()
    if (trouble) process.stderr.write(`--otlp: ${trouble}\n`)
    // Last, so that a Ctrl-C while a collector dawdles costs no result.
    interrupt.dispose()
  }
}

/** Files first, then stdout; the exit code is the verdict's, unless a report could not be written. */
function report(result: Result, outputs: readonly Output[], options: RunOptions): number {
  const rendering = renderingFor(options.color)
  const troubles = writeOutputs(outputs, (reporter, own) => reporter.render(result, own), rendering)
  if (options.json) process.stdout.write(json.render(result, rendering))
  else if (!speaksOnStdout(outputs)) process.stdout.write(table.render(result, rendering))
  for (const trouble of troubles) process.stderr.write(`${trouble}\n`)
  const code = exitCodes[exitOf(result.verdict)]
  return code === exitCodes.pass && troubles.length > 0 ? exitCodes.internal : code
}

function exitOf({ outcome }: Verdict): ExitName {
  return outcome === 'fail' ? 'gate' : outcome
}
