import { formatDuration } from '../base/format.js'
import { onInterrupt } from '../base/interrupt.js'
import { packageVersion } from '../base/package-info.js'
import { Live } from '../live/live.js'
import { liveOptions } from '../live/terminal.js'
import { readMachine } from '../planning/read-machine.js'
import type { Comparison } from '../results/comparison/comparison.js'
import { asSaved } from '../results/saved/read-saved.js'
import { execute } from '../run/execute.js'
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
  readonly color: boolean
}

/** From cluster up to cluster down, beyond the phases: seen on two cores. */
const CLUSTER_MS = 4_000

/** `wsbench compare <scenario> --over …`: all cells checked and planned, then run in turn, one cluster at a time. */
export async function compareMatrix(request: MatrixRequest): Promise<Comparison> {
  const { scenario, overrides, repeats, isQuiet, color } = request
  const matrix = expandMatrix(request.over)
  const machine = readMachine()
  const cells = prepareCells(matrix, { scenario, overrides, machine })
  if (!isQuiet) process.stderr.write(`${announce(cells, request)}\n`)
  let live: Live | null = null
  const interrupt = onInterrupt((text) => live?.note(text))
  try {
    const compared = await runMatrix({
      cells,
      repeats,
      signal: interrupt.signal,
      async runCell(cell, number) {
        const title = `${number}/${cells.length * repeats} ${cell.name}: `
        live = isQuiet ? null : new Live(cell.plan, { ...liveOptions(color), title })
        try {
          return await execute(cell, { machine, observer: live, signal: interrupt.signal })
        } finally {
          live?.end()
        }
      },
    })
    return asSaved<Comparison>({
      version: 1,
      kind: 'comparison',
      tool: { name: 'wsbench', version: packageVersion },
      matrix: { scenario, overrides, axes: matrix.axes, repeats },
      isInterrupted: interrupt.signal.aborted,
      cells: compared,
    })
  } finally {
    interrupt.dispose()
  }
}

function announce(cells: readonly PreparedCell[], { scenario, repeats }: MatrixRequest): string {
  const once = cells.reduce((sum, { plan }) => sum + plan.estimate.durationMs + CLUSTER_MS, 0)
  const minutes = formatDuration(Math.round((once * repeats) / 1000) * 1000)
  return `${scenario}: ${cells.length} cells × ${repeats} = ${cells.length * repeats} runs, about ${minutes} in all`
}
