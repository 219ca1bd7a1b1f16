import { formatDuration } from '../base/format.js'
import { interruptible } from '../base/interrupt.js'
import { packageVersion } from '../base/package-info.js'
import { sumOf } from '../base/sum.js'
import { noteUnless, watchedRun } from '../live/watched-run.js'
import { readMachine } from '../planning/read-machine.js'
import type { Comparison } from '../results/comparison/comparison.js'
import { expandMatrix } from './matrix.js'
import { type PreparedCell, prepareCells } from './prepare-cells.js'
import { runMatrix } from './run-matrix.js'

export interface MatrixRequest {
  readonly scenario: string
  /** `path=value,value…` each. */
  readonly over: readonly string[]
  readonly overrides: readonly string[]
  readonly repeats: number
  readonly isQuiet: boolean
  readonly wantsColor: boolean
}

/** Time to start and stop a cluster, as measured on two cores. */
const CLUSTER_MS = 4_000

/** `wsbench compare <scenario> --over …`: checks and plans all cells, then runs them, one cluster at a time. */
export async function compareMatrix(request: MatrixRequest): Promise<Comparison> {
  const { scenario, overrides, repeats, isQuiet, wantsColor } = request
  const matrix = expandMatrix(request.over)
  const machine = readMachine()
  const cells = prepareCells(matrix, { scenario, overrides, machine })
  const note = noteUnless(isQuiet)
  note(announce(cells, request))
  return interruptible(note, async (signal) => {
    const compared = await runMatrix({
      cells,
      repeats,
      signal,
      runCell(cell, number) {
        const title = `${number}/${cells.length * repeats} ${cell.name}: `
        return watchedRun(cell, { machine, signal, isQuiet, wantsColor, title })
      },
    })
    return {
      version: 1,
      kind: 'comparison',
      tool: { name: 'wsbench', version: packageVersion },
      matrix: { scenario, overrides, axes: matrix.axes, repeats },
      isInterrupted: signal.aborted,
      cells: compared,
    }
  })
}

function announce(cells: readonly PreparedCell[], { scenario, repeats }: MatrixRequest): string {
  const totalMs = repeats * sumOf(cells, ({ plan }) => plan.estimate.durationMs + CLUSTER_MS)
  const minutes = formatDuration(Math.round(totalMs / 1000) * 1000)
  return `${scenario}: ${cells.length} cells × ${repeats} = ${cells.length * repeats} runs, about ${minutes} in total`
}
