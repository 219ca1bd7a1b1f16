import { WsbenchError } from './errors.js'
import { type Prepared, prepare } from './execute.js'
import { loadScenario } from './scenarios/load.js'
import type { Machine } from './scenarios/machine.js'
import type { Matrix } from './scenarios/matrix.js'
import type { Override } from './scenarios/overrides.js'
import { formatProblem, type Problem, ScenarioError } from './scenarios/scenario-error.js'

export interface PreparedCell extends Prepared {
  readonly name: string
}

interface CellsOptions {
  readonly scenario: string
  readonly overrides: readonly Override[]
  readonly machine: Machine
}

/**
 * Loads and plans every cell before any is started. Throws one WsbenchError with the problems of all cells, each told
 * once: of the scenario and its options first (exit `usage`), else of the machine (exit `setup`).
 */
export function prepareCells({ cells, problems }: Matrix, options: CellsOptions): PreparedCell[] {
  const scenarios = settle(problems, cells, ({ overrides }) =>
    loadScenario(options.scenario, [...options.overrides, ...overrides]),
  )
  return settle([], scenarios, ({ value }) => prepare(value, options.machine)).map(({ name, value }) => ({
    name,
    ...value,
  }))
}

type Named<Value> = { readonly name: string; readonly value: Value }

/** Makes something of each; throws what went wrong with all of them together, `problems` known before included. */
function settle<Item extends { readonly name: string }, Value>(
  problems: readonly Problem[],
  items: readonly Item[],
  make: (item: Item) => Value,
): Named<Value>[] {
  const made: Named<Value>[] = []
  const failures: Named<WsbenchError>[] =
    problems.length > 0 ? [{ name: '', value: new ScenarioError(problems) }] : []
  for (const item of items) {
    try {
      made.push({ name: item.name, value: make(item) })
    } catch (error) {
      if (!(error instanceof WsbenchError)) throw error
      failures.push({ name: item.name, value: error })
    }
  }
  if (failures.length > 0) throw together(failures)
  return made
}

/** Problems of the scenario are the same in many cells; those of the machine need the cell's name. */
function together(failures: readonly Named<WsbenchError>[]): WsbenchError {
  const messages = failures.flatMap(({ name, value }) =>
    value instanceof ScenarioError
      ? value.problems.map(formatProblem)
      : [value.exit === 'setup' ? `${name}: ${value.message}` : value.message],
  )
  const { exit, hint } = failures[0]!.value
  return new WsbenchError([...new Set(messages)].join('\n'), {
    exit,
    ...(hint === undefined ? {} : { hint }),
  })
}
