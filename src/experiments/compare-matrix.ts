import { describeError, WsbenchError } from '../base/errors.js'
import { formatDuration, plural } from '../base/format.js'
import { interruptible } from '../base/interrupt.js'
import { packageVersion } from '../base/package-info.js'
import { sumOf } from '../base/sum.js'
import { noteUnless, type WatchedRunOptions, watchedRun } from '../live/watched-run.js'
import type { Machine } from '../planning/machine.js'
import { readMachine } from '../planning/read-machine.js'
import type { ComparedCell, Comparison, RunFailure } from '../results/comparison/comparison.js'
import type { Result } from '../results/result.js'
import { type Cell, expandMatrix } from './matrix.js'
import { type PreparedCell, prepareCells } from './prepare-cells.js'

export interface MatrixRequest {
  readonly scenario: string
  /** `path=value,value…` each. */
  readonly over: readonly string[]
  readonly overrides: readonly string[]
  readonly repeats: number
  readonly isQuiet: boolean
  readonly wantsColor: boolean
  /** Whether an embedded part may not stand in for a program that is missing. */
  readonly requiresReal: boolean
}

/** Time to start and stop a cluster, as measured on two cores. */
const CLUSTER_MS = 4_000

/**
 * `wsbench compare <scenario> --over …`: checks and plans all cells, then runs them, one cluster at a time. Without `over`
 * (`wsbench run --repeat`) there is one cell, named after the scenario.
 */
export async function compareMatrix(request: MatrixRequest): Promise<Comparison> {
  const { scenario, overrides, repeats, isQuiet } = request
  const matrix = expandMatrix(request.over)
  const machine = readMachine({ allowsStandIns: !request.requiresReal })
  const named = matrix.cells.map((cell) => ({ ...cell, name: cell.name || scenario }))
  const cells = prepareCells({ ...matrix, cells: named }, { scenario, overrides, machine })
  noteUnless(isQuiet)(announce(cells, request))
  const { cells: compared, isInterrupted } = await runPrepared(cells, request, machine)
  return {
    version: 1,
    kind: 'comparison',
    tool: { name: 'wsbench', version: packageVersion },
    matrix: { scenario, overrides, axes: matrix.axes, repeats },
    isInterrupted,
    cells: compared,
  }
}

export interface Repeats
  extends Pick<MatrixRequest, 'scenario' | 'overrides' | 'repeats' | 'isQuiet' | 'wantsColor'> {
  readonly cells: readonly Cell[]
}

interface RanInTurn {
  readonly cells: readonly ComparedCell[]
  readonly isInterrupted: boolean
}

/** Runs cells that are no matrix in the same way. */
export function runInTurn(request: Repeats): Promise<RanInTurn> {
  const { scenario, overrides, cells } = request
  const machine = readMachine()
  const prepared = prepareCells({ axes: [], cells, problems: [] }, { scenario, overrides, machine })
  noteUnless(request.isQuiet)(announce(prepared, request))
  return runPrepared(prepared, request, machine)
}

function runPrepared(
  cells: readonly PreparedCell[],
  { repeats, isQuiet, wantsColor }: Pick<Repeats, 'repeats' | 'isQuiet' | 'wantsColor'>,
  machine: Machine,
): Promise<RanInTurn> {
  return interruptible(noteUnless(isQuiet), async (signal) => ({
    cells: await runCells(cells, repeats, { machine, signal, isQuiet, wantsColor }),
    isInterrupted: signal.aborted,
  }))
}

/**
 * Runs every cell `repeats` times, round-robin (A B C, A B C, …), so that a machine that slows down affects all of them. A
 * run that fails is recorded, and the next one starts. No run starts after an interrupt.
 */
async function runCells(
  cells: readonly PreparedCell[],
  repeats: number,
  options: WatchedRunOptions,
): Promise<ComparedCell[]> {
  const compared = cells.map(({ name }) => ({ name, runs: [] as Result[], failures: [] as RunFailure[] }))
  const count = repeats * cells.length
  for (let run = 0; run < count && !options.signal.aborted; run += 1) {
    const cell = cells[run % cells.length]!
    const { runs, failures } = compared[run % cells.length]!
    try {
      runs.push(await watchedRun(cell, { ...options, title: `${run + 1}/${count} ${cell.name}: ` }))
    } catch (error) {
      // Interrupted before its cluster was up: it is missing, as those after it.
      if (options.signal.aborted) break
      failures.push(failureOf(error))
    }
  }
  return compared
}

function failureOf(error: unknown): RunFailure {
  if (error instanceof WsbenchError)
    return { exit: error.exit === 'setup' ? 'setup' : 'internal', message: describeError(error) }
  return { exit: 'internal', message: (error instanceof Error && error.stack) || String(error) }
}

function announce(
  cells: readonly PreparedCell[],
  { scenario, repeats }: Pick<MatrixRequest, 'scenario' | 'repeats'>,
): string {
  const totalMs = repeats * sumOf(cells, ({ plan }) => plan.estimate.durationMs + CLUSTER_MS)
  const minutes = formatDuration(Math.round(totalMs / 1000) * 1000)
  const runs = plural(cells.length * repeats, 'run')
  const counts = cells.length === 1 ? runs : `${cells.length} cells × ${repeats} = ${runs}`
  return `${scenario}: ${counts}, about ${minutes} in total`
}
