import { WsbenchError } from '../base/errors.js'
import { onInterrupt } from '../base/interrupt.js'
import { packageVersion } from '../base/package-info.js'
import { Live } from '../live/live.js'
import { liveOptions } from '../live/terminal.js'
import type { Machine } from '../planning/machine.js'
import { readMachine } from '../planning/read-machine.js'
import { parseGate } from '../results/gates/gates.js'
import { nextLevel } from '../results/max-search/climb.js'
import { concludeSearch, type MaxSearch, type SearchLevel } from '../results/max-search/max-search.js'
import { execute, prepare } from '../run/execute.js'
import { loadScenario } from '../scenarios/load.js'
import type { Scenario } from '../scenarios/schema.js'
import { parseRamp, rampOfClients } from './ramp.js'

export interface MaxSearchRequest {
  /** Path, or name of a bundled scenario. */
  readonly scenario: string
  readonly overrides: readonly string[]
  /** What must hold at a level, besides the scenario's own gates. */
  readonly gate: string
  /** `path=from..to`; null: the number of clients, up to the scenario's own. */
  readonly ramp: string | null
  readonly isQuiet: boolean
  /** What `--no-color` left. */
  readonly wantsColor: boolean
}

/** `wsbench run --find-max`: one run a level, until a gate breaks, the generator saturates, or the ramp ends. */
export async function findMax(request: MaxSearchRequest): Promise<MaxSearch> {
  const { scenario: path, overrides, isQuiet } = request
  const gate = parseGate(request.gate).expression
  const ramp = request.ramp === null ? rampOfClients(loadScenario(path, overrides)) : parseRamp(request.ramp)
  const scenarioAt = (text: string) => loadScenario(path, [...overrides, at(ramp.path, text)])
  const ends = { from: ramp.level(ramp.from).text, to: ramp.level(ramp.to).text }
  // Both ends are good scenarios before anything is started.
  for (const end of Object.values(ends)) scenarioAt(end)

  const machine = readMachine()
  const levels: SearchLevel[] = []
  let live: Live | null = null
  const interrupt = onInterrupt((text) => live?.note(text))
  try {
    for (let value: number | null = ramp.from; value !== null; value = next()) {
      const level = ramp.level(value)
      const scenario = withGate(scenarioAt(level.text), gate)
      levels.push({ ...level, ...(await tryLevel(scenario, `${ramp.path}=${level.text}: `)) })
    }
  } finally {
    interrupt.dispose()
  }
  return {
    version: 1,
    kind: 'find-max',
    tool: { name: 'wsbench', version: packageVersion },
    scenario: path,
    overrides,
    gate,
    ramp: { path: ramp.path, ...ends },
    levels,
    ...concludeSearch(levels),
  }

  function next(): number | null {
    if (interrupt.signal.aborted) return null
    const tried = levels.map(({ value, outcome }) => ({ value, held: outcome === 'pass' }))
    return nextLevel(ramp, tried, (value) => ramp.level(value).value)
  }

  async function tryLevel(scenario: Scenario, title: string): Promise<Omit<SearchLevel, 'text' | 'value'>> {
    const watch = (plan: Parameters<typeof execute>[0]['plan']) => {
      live = isQuiet ? null : new Live(plan, { ...liveOptions(request.wantsColor), title })
      return live
    }
    try {
      return await runLevel(scenario, { machine, signal: interrupt.signal, watch })
    } finally {
      live?.end()
      live = null
    }
  }
}

interface LevelOptions {
  readonly machine: Machine
  readonly signal: AbortSignal
  readonly watch: (plan: Parameters<typeof execute>[0]['plan']) => Live | null
}

/** A level that can't be set up is one that did not hold; a bug is not. */
async function runLevel(
  scenario: Scenario,
  { machine, signal, watch }: LevelOptions,
): Promise<Omit<SearchLevel, 'text' | 'value'>> {
  try {
    const prepared = prepare(scenario, machine)
    const result = await execute(prepared, { machine, signal, observer: watch(prepared.plan) })
    const { outcome, reasons, attributedTo } = result.verdict
    return { outcome, reasons, attributedTo, result }
  } catch (error) {
    if (!(error instanceof WsbenchError) || error.exit !== 'setup') throw error
    const reason = error.hint ? `${error.message}; hint: ${error.hint}` : error.message
    return { outcome: 'setup', reasons: [reason], attributedTo: [], result: null }
  }
}

function withGate(scenario: Scenario, gate: string): Scenario {
  if (scenario.gates.some((own) => own.gate === gate)) return scenario
  return { ...scenario, gates: [...scenario.gates, { gate, abortOnFail: false, after: 0 }] }
}

function at(path: string, text: string): { readonly text: string; readonly option: string } {
  const override = `${path}=${text}`
  return { text: override, option: `--ramp ${override}` }
}
