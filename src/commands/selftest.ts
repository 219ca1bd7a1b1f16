import { createHash } from 'node:crypto'
import { Command, InvalidArgumentError } from 'commander'
import { nowMicros } from '../base/clock.js'
import { WsbenchError } from '../base/errors.js'
import { exitCodes } from '../base/exit-codes.js'
import { interruptible } from '../base/interrupt.js'
import { stdout } from '../base/terminal-output.js'
import { renderingFor } from '../live/terminal.js'
import { noteUnless, watch } from '../live/watched-run.js'
import { readMachine } from '../planning/read-machine.js'
import { describeEnvironment } from '../run/environment.js'
import type { RunObserver } from '../run/observer.js'
import { run } from '../run/run.js'
import type { ExpectedResult } from '../selftest/expected-result.js'
import { FaultyCluster } from '../selftest/faulty-cluster.js'
import { fullSize, quickSize, type SelftestSize, selftestPlan } from '../selftest/plan.js'
import { exitOfOutcome, judgeSelftest, type SelftestReport, tooSlow } from '../selftest/report.js'
import { reportTable } from '../selftest/report-table.js'
import { summaries } from './summaries.js'

const MOST_SLOWDOWN = 4

interface SelftestOptions {
  readonly seed: number
  readonly quick?: true
  readonly quiet?: true
}

export function selftestCommand(): Command {
  return new Command('selftest')
    .description(summaries.selftest)
    .option('--seed <number>', 'seed of every fault of the server', parseSeed, 42)
    .option(
      '--quick',
      'about 50,000 deliveries in a few seconds, instead of over a million in under a minute',
    )
    .option('--quiet', 'print no progress on stderr, only errors')
    .addHelpText('after', '\nExamples:\n  wsbench selftest --quick\n  wsbench selftest --seed 7')
    .action(async (options: SelftestOptions) => {
      process.exitCode = await execute(options)
    })
}

async function execute({ seed, quick, quiet }: SelftestOptions): Promise<number> {
  const startedMicros = nowMicros()
  const report = quick
    ? await quickly(seed, quiet === true)
    : await selftest(fullSize(readMachine().descriptors), seed, quiet === true)
  const seconds = (nowMicros() - startedMicros) / 1e6
  const { color } = renderingFor(true)
  stdout.printReport(reportTable(report, { seconds, seed, color }))
  return exitCodes[exitOfOutcome[report.outcome]]
}

/** Where the machine is too busy for a verdict, repeats at half the speed, and again. */
async function quickly(seed: number, isQuiet: boolean): Promise<SelftestReport> {
  for (let slowdown = 1; ; slowdown *= 2) {
    const size = { ...quickSize, intervalMs: quickSize.intervalMs * slowdown }
    const report = await selftest(size, seed, isQuiet)
    if (report.outcome !== 'invalid' || slowdown === MOST_SLOWDOWN) return report
  }
}

/** An ordinary run of the ordinary generator, whose exact result another process knows. */
async function selftest(size: SelftestSize, seed: number, isQuiet: boolean): Promise<SelftestReport> {
  const plan = selftestPlan(size, seed)
  let cluster: FaultyCluster | null = null
  let worstLagMicros = 0
  const own: Partial<RunObserver> = {
    onStart(measureMicros) {
      // Nothing has been sent yet, so nothing can be late.
      worstLagMicros = 0
      cluster?.begin(measureMicros)
    },
    onTick(_worker, tick) {
      worstLagMicros = Math.max(worstLagMicros, tick.eventLoopLagP99Micros)
    },
  }
  return interruptible(noteUnless(isQuiet), (signal) =>
    watch(plan, { isQuiet, observers: [own] }, async (observer) => {
      const result = await run({
        plan,
        scenarioHash: createHash('sha256').update(JSON.stringify(size)).digest('hex'),
        environment: describeEnvironment(readMachine()),
        startCluster: async () => {
          cluster = await FaultyCluster.start(size, seed)
          return cluster
        },
        observer,
        signal,
      })
      return judgeSelftest(result, expectedOf(cluster), worstLagMicros)
    }),
  )
}

function expectedOf(cluster: FaultyCluster | null): ExpectedResult {
  if (cluster?.expected) return cluster.expected
  if (cluster?.isTooSlow)
    throw new WsbenchError(`the faulty server is far behind: ${tooSlow}`, { exit: 'invalid' })
  const how = cluster?.unexpectedExits.map((exit) => exit.how).join() ?? 'it was never started'
  throw new Error(`the faulty server ended (${how})`)
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(seed) && seed >= 0) return seed
  throw new InvalidArgumentError('expected a whole number, 0 or more')
}
