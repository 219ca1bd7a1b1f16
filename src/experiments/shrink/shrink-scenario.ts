import { describeError, usageError, WsbenchError } from '../../base/errors.js'
import { interruptible } from '../../base/interrupt.js'
import { noteUnless, watchedRun } from '../../live/watched-run.js'
import { readMachine } from '../../planning/read-machine.js'
import { parseGate } from '../../results/gates/gates.js'
import type { Result } from '../../results/result.js'
import { prepare } from '../../run/execute.js'
import { loadScenario, scenarioData } from '../../scenarios/load.js'
import type { Data } from './reductions.js'
import type { Outcome } from './sequential-test.js'
import { type Shrunk, shrink } from './shrink.js'
import { SearchState } from './state.js'

export interface ShrinkScenarioRequest {
  /** Path, or name of a bundled scenario. */
  readonly scenario: string
  readonly overrides: readonly string[]
  /** Null: the scenario's only gate. */
  readonly gate: string | null
  readonly budgetMs: number
  readonly stateFile: string | null
  readonly isQuiet: boolean
  readonly wantsColor: boolean
}

export interface ShrunkScenario extends Shrunk {
  readonly isInterrupted: boolean
}

/** `wsbench shrink`: runs on this machine, through what `wsbench run` calls too. */
export function shrinkScenario(request: ShrinkScenarioRequest): Promise<ShrunkScenario> {
  const { scenario: path, overrides, budgetMs, stateFile, isQuiet, wantsColor } = request
  const gates = loadScenario(path, overrides).gates.map(({ gate }) => gate)
  const gate = gateOf(request.gate, gates)
  const { data, file } = scenarioData(path, overrides)
  const state = new SearchState(stateFile)
  const machine = readMachine()
  const note = noteUnless(isQuiet)
  const deadline = performance.now() + budgetMs
  return interruptible(note, async (signal) => {
    const shrunk = await shrink({
      data: data as Data,
      file,
      gate,
      state,
      note,
      isOver: () => signal.aborted || performance.now() > deadline,
      async run(scenario, title) {
        try {
          const prepared = prepare(scenario, machine)
          const result = await watchedRun(prepared, { machine, signal, isQuiet, wantsColor, title })
          return outcomeOf(result, gate)
        } catch (error) {
          if (!(error instanceof WsbenchError) || error.exit !== 'setup') throw error
          note(`${title}${describeError(error)}`)
          return 'invalid'
        }
      },
    })
    return { ...shrunk, isInterrupted: signal.aborted }
  })
}

function gateOf(given: string | null, gates: readonly string[]): string {
  if (given !== null) return parseGate(given).expression
  const [only, ...others] = gates
  if (only !== undefined && others.length === 0) return only
  throw usageError(
    `the scenario has ${gates.length === 0 ? 'no gate' : `${gates.length} gates`}: which failure is to be kept?`,
    `--fails '${only ?? 'delivery.lost == 0'}'`,
  )
}

/** An invalid run does not count, whatever its gate says. */
export function outcomeOf({ verdict, gates }: Pick<Result, 'verdict' | 'gates'>, gate: string): Outcome {
  if (verdict.outcome === 'invalid' || verdict.outcome === 'interrupted') return 'invalid'
  const outcome = gates.find(({ expression }) => expression === gate)?.outcome
  if (outcome === 'fail') return 'failed'
  return outcome === 'pass' ? 'passed' : 'invalid'
}
