import { WsbenchError } from '../base/errors.js'
import type { Machine } from '../planning/machine.js'
import { type Prepared, prepare } from '../run/execute.js'
import { loadScenario } from '../scenarios/load.js'
import type { Scenario } from '../scenarios/schema.js'
import type { Override } from '../scenarios/yaml/overrides.js'
import { formatProblem, type Problem, ScenarioError } from '../scenarios/yaml/scenario-error.js'
import type { Matrix } from './matrix.js'

export interface PreparedCell extends Prepared {
  readonly name: string
}

interface CellsOptions {
  readonly scenario: string
  readonly overrides: readonly Override[]
  readonly machine: Machine
}

/**
 * Loads and plans every cell before any is started. Throws one WsbenchError with the problems of all cells, each only once:
 * those of the scenario and its options (exit `usage`), or if there are none, those of the machine (exit `setup`).
 */
export function prepareCells({ cells, problems }: Matrix, options: CellsOptions): PreparedCell[] {
  const scenarios = settle(problems, cells, ({ overrides }) =>
    loadScenario(options.scenario, [...options.overrides, ...overrides]),
  )
  const planned = settle([], scenarios, ({ value }) => prepare(value, options.machine))
  return atOneRate(scenarios, planned, options.machine)
}

/**
 * Without `clients.connectRate` the planner chooses it by the balancer. All such cells get the lowest of these rates, so that
 * they have the same load.
 */
function atOneRate(
  scenarios: readonly Named<Scenario>[],
  planned: readonly Named<Prepared>[],
  machine: Machine,
): PreparedCell[] {
  const isOpen = scenarios.map(({ value }) => value.clients.connectRate === undefined)
  const open = planned.filter((_, index) => isOpen[index])
  const connectRate = Math.min(...open.map(({ value }) => value.plan.clients.connectRateHz))
  return planned.map(({ name, value: { plan, scenarioHash } }, index) => {
    const scenario = scenarios[index]!.value
    const slowed = { ...scenario, clients: { ...scenario.clients, connectRate } }
    return { name, scenarioHash, plan: isOpen[index] ? prepare(slowed, machine).plan : plan }
  })
}

type Named<Value> = { readonly name: string; readonly value: Value }

/** Calls `make` for each item; throws all of their errors, and the `problems` known before, as one. */
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
  if (failures.length > 0) throw combineFailures(failures)
  return made
}

/** A problem of the scenario is the same in many cells; one of the machine needs the cell's name. */
function combineFailures(failures: readonly Named<WsbenchError>[]): WsbenchError {
  const messages = failures.flatMap(({ name, value }) =>
    value instanceof ScenarioError
      ? value.problems.map(formatProblem)
      : [value.exit === 'setup' ? `${name}: ${value.message}` : value.message],
  )
  const { exit, hint } = failures[0]!.value
  return new WsbenchError([...new Set(messages)].join('\n'), { exit, hint })
}
