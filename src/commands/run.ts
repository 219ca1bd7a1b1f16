import { Command } from 'commander'
import { usageError } from '../base/errors.js'
import { exitCodes } from '../base/exit-codes.js'
import { interruptible } from '../base/interrupt.js'
import { stderr, stdout } from '../base/terminal-output.js'
import { strategies } from '../cluster/affinity/index.js'
import { balancers } from '../cluster/balancers/index.js'
import { compareMatrix } from '../experiments/compare-matrix.js'
import { findMax } from '../experiments/find-max.js'
import { noteUnless, watchedRun } from '../live/watched-run.js'
import { describePlan } from '../planning/describe-plan.js'
import { readMachine } from '../planning/read-machine.js'
import { headline, inShort } from '../reporters/wording.js'
import { exitOf, overallOutcome } from '../results/comparison/comparison.js'
import { exitOfSearch } from '../results/max-search/max-search.js'
import type { Result } from '../results/result.js'
import { asSaved } from '../results/saved/read-saved.js'
import { prepare } from '../run/execute.js'
import { loadScenario } from '../scenarios/load.js'
import { drivers } from '../scenarios/schema.js'
import { exportMetrics } from '../telemetry/export-metrics.js'
import { parseMetricsAddress } from '../telemetry/metrics-endpoint.js'
import { parseCollector } from '../telemetry/otlp-push.js'
import { allowStandIns, optionOf, parseRepeats, repeatable, requireReal, requiresReal } from './options.js'
import { parseOutputs, speaksOnStdout } from './outputs.js'
import { summaries } from './summaries.js'
import { writeReport } from './write-report.js'

interface RunOptions {
  readonly set: readonly string[]
  readonly out: readonly string[]
  readonly driver?: string
  readonly balancer?: string
  readonly strategy?: string
  readonly nodes?: string
  readonly clients?: string
  readonly rate?: string
  readonly duration?: string
  readonly repeat?: string
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
  readonly full?: true
  readonly quiet?: true
  readonly requireReal?: boolean
  readonly color: boolean
}

export function runCommand(): Command {
  return new Command('run')
    .description(summaries.run)
    .argument('<scenario>', 'path, or name of a bundled scenario (wsbench list scenarios)')
    .addOption(repeatable('--set <path=value>', 'override one value of the scenario; += appends to a list'))
    .addOption(repeatable('--out <kind=path>', 'write a report to a file, or to stdout (-)'))
    .addOption(optionOf('--driver <name>', 'cluster.driver', drivers))
    .addOption(optionOf('--balancer <kind>', 'cluster.balancer.kind', ['auto', ...Object.keys(balancers)]))
    .addOption(optionOf('--strategy <name>', 'cluster.balancer.strategy', Object.keys(strategies)))
    .option('--nodes <count>', 'cluster.nodes')
    .option('--clients <count>', 'clients.count')
    .option('--rate <rate>', 'traffic[0].rate: messages per publisher, such as 5/s')
    .option('--duration <duration>', 'phases.measure: how long is measured, such as 60s')
    .option('--target <url>', 'target.url: your own cluster instead of the bundled one')
    .option('--i-own-this-target', 'target.iOwnThis: allow as much load as on this machine')
    .option('--max-duration <duration>', 'safety.maxDuration: stop after this time')
    .option('--seed <number>', 'seed of every random choice')
    .option(
      '--repeat <count>',
      'run it several times; the result is a comparison, and a baseline for wsbench gate',
    )
    .option('--find-max <gate>', 'search for the highest load that passes this gate')
    .option(
      '--ramp <path=from..to>',
      'what --find-max raises (default: clients.count, up to what the scenario has)',
    )
    .addOption(requireReal())
    .addOption(allowStandIns())
    .option('--dry-run', 'print the plan and start nothing')
    .option('--json', 'print the result as JSON instead of the summary')
    .option('--full', 'print everything about the run, not only a summary')
    .option('--metrics <address>', 'serve Prometheus metrics during the run, for example at 127.0.0.1:9464')
    .option('--metrics-public', 'allow --metrics an address that other machines can reach')
    .option('--otlp <url>', 'push metrics to an OTLP/HTTP collector, for example http://127.0.0.1:4318')
    .option('--otlp-public', 'allow --otlp a collector on another machine')
    .option('--quiet', 'print no progress on stderr, only errors')
    .option('--no-color', 'print without colour')
    .addHelpText(
      'after',
      `
Examples:
  wsbench run smoke
  wsbench run node-kill --balancer haproxy --strategy cookie --out json=result.json
  wsbench run fanout-50k --clients 10k --rate 1/s --duration 30s
  wsbench run node-kill --set cluster.balancer=haproxy:cookie --set 'gates+=latency.p99 < 250ms'
  wsbench run smoke --repeat 5 --out json=main.json       # then: wsbench gate now.json --baseline main.json
  wsbench run my-scenario.yaml --dry-run
  wsbench run fanout-50k --find-max 'latency.p99 < 250ms' --ramp clients=1k..50k
  wsbench run fanout-50k --find-max 'delivery.lost == 0' --ramp rate=0.2/s..5/s

--find-max runs one level of load after another. It doubles the load until a gate fails or a run is invalid, then narrows
the limit down to a tenth. It reports the limiting factor: a gate, the cluster, the generator, the machine or the run.
It exits 0 if any level passed, otherwise like the run of the lowest level.`,
    )
    .action(async (scenario: string, options: RunOptions) => {
      process.exitCode = await runAs(scenario, options)
    })
}

function runAs(scenario: string, options: RunOptions): Promise<number> {
  const { findMax: gate, repeat, ramp } = options
  if (gate !== undefined && repeat !== undefined)
    throw usageError('--find-max has no --repeat', 'leave out one of the two')
  if (gate !== undefined) return searchMax(scenario, gate, options)
  if (ramp !== undefined) throw usageError('--ramp needs --find-max', "add --find-max 'latency.p99 < 250ms'")
  if (repeat !== undefined && !options.dryRun) return runRepeats(scenario, parseRepeats(repeat), options)
  return runScenario(scenario, options)
}

/** One cell of a comparison. */
async function runRepeats(scenario: string, repeats: number, options: RunOptions): Promise<number> {
  refuseExports('--repeat', options)
  const outputs = parseOutputs(options.out, 'comparison', [scenario])
  const comparison = asSaved(
    await compareMatrix({
      scenario,
      over: [],
      overrides: overridesOf(options),
      repeats,
      isQuiet: options.quiet === true,
      wantsColor: options.color,
      requiresReal: requiresReal(options),
    }),
  )
  return writeReport(comparison, { ...options, outputs, exit: exitOf(overallOutcome(comparison)) })
}

function refuseExports(option: string, { metrics, otlp }: RunOptions): void {
  if (metrics !== undefined || otlp !== undefined)
    throw usageError(`${option} exports no metrics`, 'leave out --metrics and --otlp')
}

async function runScenario(path: string, options: RunOptions): Promise<number> {
  const outputs = parseOutputs(options.out, 'run', [path])
  const address =
    options.metrics === undefined
      ? null
      : parseMetricsAddress(options.metrics, options.metricsPublic === true)
  const collector =
    options.otlp === undefined ? null : parseCollector(options.otlp, options.otlpPublic === true)
  const scenario = loadScenario(path, overridesOf(options))
  const machine = readMachine({ allowsStandIns: !requiresReal(options) })
  const prepared = prepare(scenario, machine)
  if (options.dryRun) {
    stdout.print(describePlan(prepared.plan))
    return exitCodes.pass
  }
  const isQuiet = options.quiet === true
  const note = noteUnless(isQuiet)
  return interruptible(note, async (signal) => {
    const metrics = await exportMetrics(prepared.plan, { address, collector })
    if (metrics?.url) note(`metrics at ${metrics.url}`)
    const observers = metrics ? [metrics.observer] : []
    let result: Result
    try {
      result = await watchedRun(prepared, { machine, signal, isQuiet, wantsColor: options.color, observers })
    } finally {
      // Within `interruptible`: a Ctrl-C while a slow collector is waited for must not cost the result.
      const error = await metrics?.end()
      if (error) stderr.print(`--otlp: ${error}`)
    }
    // With something else on stdout, a log would not say how the run went.
    if (options.json || speaksOnStdout(outputs)) note(`${headline(result)}: ${inShort(result)}`)
    // Here too: a signal while reports are written must not cost them.
    const { outcome } = result.verdict
    return writeReport(asSaved(result), { ...options, outputs, exit: outcome === 'fail' ? 'gate' : outcome })
  })
}

async function searchMax(scenario: string, gate: string, options: RunOptions): Promise<number> {
  if (options.dryRun) throw usageError('--find-max has no dry run', 'leave out one of the two')
  refuseExports('--find-max', options)
  const outputs = parseOutputs(options.out, 'find-max', [scenario])
  const search = await findMax({
    scenario,
    gate,
    overrides: overridesOf(options),
    ramp: options.ramp ?? null,
    isQuiet: options.quiet === true,
    wantsColor: options.color,
    requiresReal: requiresReal(options),
  })
  return writeReport(asSaved(search), { ...options, outputs, exit: exitOfSearch(search) })
}

/** The short options stand for a `--set` each, and win over those that are given. */
function overridesOf(options: RunOptions): string[] {
  const { set, driver, balancer, strategy, nodes, seed, target, iOwnThisTarget, maxDuration } = options
  const { clients, rate, duration } = options
  const short = {
    'cluster.driver': driver,
    'cluster.balancer.kind': balancer,
    'cluster.balancer.strategy': strategy,
    'cluster.nodes': nodes,
    'clients.count': clients,
    'traffic[0].rate': rate,
    'phases.measure': duration,
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
