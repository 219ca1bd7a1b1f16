import { createHash } from 'node:crypto'
import { Command, InvalidArgumentError } from 'commander'
import { nowMicros } from '../base/clock.js'
import { WsbenchError } from '../base/errors.js'
import { exitCodes } from '../base/exit-codes.js'
import { onInterrupt } from '../base/interrupt.js'
import { Live } from '../live/live.js'
import { liveOptions } from '../live/terminal.js'
import { readMachine } from '../planning/read-machine.js'
import { describeEnvironment } from '../run/environment.js'
import { type RunObserver, run, unwatched } from '../run/run.js'
import type { ExpectedResult } from '../selftest/expected-result.js'
import { FaultyCluster } from '../selftest/faulty-cluster.js'
import { fullSize, quickSize, type SelftestSize, selftestPlan } from '../selftest/plan.js'
import { exitOfOutcome, judgeSelftest, type SelftestReport, tooSlow } from '../selftest/report.js'
import { reportTable } from '../selftest/report-table.js'

/** Times as slow as intended. */
const SLOWEST = 4

interface SelftestOptions {
  readonly seed: number
  readonly quick?: true
  readonly quiet?: true
}

export function selftestCommand(): Command {
  return new Command('selftest')
    .description('a lying server with a ledger of its lies: are our counts exact?')
    .option('--seed <number>', 'seed of every lie', parseSeed, 42)
    .option('--quick', 'some 50,000 deliveries in a few seconds instead of over a million in under a minute')
    .option('--quiet', 'no progress on stderr')
    .addHelpText('after', '\nExamples:\n  wsbench selftest --quick\n  wsbench selftest --seed 7')
    .action(async (options: SelftestOptions) => {
      process.exitCode = await execute(options)
    })
}

async function execute({ seed, quick, quiet }: SelftestOptions): Promise<number> {
  const startedMicros = nowMicros()
  const finding = quick
    ? await quickly(seed, quiet === true)
    : await selftest(fullSize(readMachine().descriptors), seed, quiet === true)
  const seconds = (nowMicros() - startedMicros) / 1e6
  const color = process.stdout.isTTY && !process.env.NO_COLOR
  process.stdout.write(reportTable(finding, { seconds, seed, color }))
  return exitCodes[exitOfOutcome[finding.outcome]]
}

/** Where the machine is too busy to tell, once more at half the speed, and again. */
async function quickly(seed: number, isQuiet: boolean): Promise<SelftestReport> {
  for (let slowdown = 1; ; slowdown *= 2) {
    const size = { ...quickSize, intervalMs: quickSize.intervalMs * slowdown }
    const finding = await selftest(size, seed, isQuiet)
    if (finding.outcome !== 'invalid' || slowdown === SLOWEST) return finding
  }
}

/** An ordinary run, by the ordinary generator, of which somebody else knows what it must come to. */
async function selftest(size: SelftestSize, seed: number, isQuiet: boolean): Promise<SelftestReport> {
  const plan = selftestPlan(size, seed)
  const live = isQuiet ? null : new Live(plan, liveOptions())
  const interrupt = onInterrupt((text) => live?.note(text))
  let cluster: FaultyCluster | null = null
  let worstLagMicros = 0
  const observer: RunObserver = {
    ...unwatched,
    onStage: (stage) => live?.onStage(stage),
    onCluster: (lying) => live?.onCluster(lying),
    onStart(measureMicros) {
      // Until here nothing is sent, so nothing can be late.
      worstLagMicros = 0
      cluster?.begin(measureMicros)
      live?.onStart(measureMicros)
    },
    onTick(worker, tick) {
      worstLagMicros = Math.max(worstLagMicros, tick.eventLoopLagP99Micros)
      live?.onTick(worker, tick)
    },
  }
  try {
    const result = await run({
      plan,
      scenarioHash: createHash('sha256').update(JSON.stringify(size)).digest('hex'),
      environment: describeEnvironment(readMachine()),
      startCluster: async () => {
        cluster = await FaultyCluster.start(size, seed)
        return cluster
      },
      observer,
      signal: interrupt.signal,
    })
    return judgeSelftest(result, expectedOf(cluster), worstLagMicros)
  } finally {
    interrupt.dispose()
    live?.end()
  }
}

function expectedOf(cluster: FaultyCluster | null): ExpectedResult {
  if (cluster?.expected) return cluster.expected
  if (cluster?.isTooSlow)
    throw new WsbenchError(`the lying server is far behind: ${tooSlow}`, { exit: 'invalid' })
  const how = cluster?.unexpectedExits.map((casualty) => casualty.how).join() ?? 'never born'
  throw new Error(`the lying server died (${how})`)
}

function parseSeed(text: string): number {
  const seed = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(seed) && seed >= 0) return seed
  throw new InvalidArgumentError('expected a whole number, 0 or more')
}
