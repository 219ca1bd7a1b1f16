import { describeError, WsbenchError } from '../base/errors.js'
import { interruptible } from '../base/interrupt.js'
import { packageVersion } from '../base/package-info.js'
import { noteUnless, watchedRun } from '../live/watched-run.js'
import { readMachine } from '../planning/read-machine.js'
import { parseGate } from '../results/gates/gates.js'
import { nextLevel } from '../results/max-search/climb.js'
import { concludeSearch, type MaxSearch, type SearchLevel } from '../results/max-search/max-search.js'
import type { Result } from '../results/result.js'
import { prepare } from '../run/execute.js'
import { loadScenario } from '../scenarios/load.js'
import type { Scenario } from '../scenarios/schema.js'
import { parseRamp, rampOfClients } from './ramp.js'

export interface MaxSearchRequest {
  /** Path, or name of a bundled scenario. */
  readonly scenario: string
  readonly overrides: readonly string[]
  /** What a level must pass, besides the scenario's own gates. */
  readonly gate: string
  /** `path=from..to`; null: the number of clients, up to the scenario's own. */
  readonly ramp: string | null
  readonly isQuiet: boolean
  readonly wantsColor: boolean
  /** Whether an embedded part may not stand in for a program that is missing. */
  readonly requiresReal: boolean
}

/** `wsbench run --find-max`: one run per level, until the limit is known or the ramp ends. */
export async function findMax(request: MaxSearchRequest): Promise<MaxSearch> {
  const { scenario: path, overrides, isQuiet, wantsColor } = request
  const gate = parseGate(request.gate).expression
  const ramp = request.ramp === null ? rampOfClients(loadScenario(path, overrides)) : parseRamp(request.ramp)
  const scenarioAt = (text: string) => loadScenario(path, [...overrides, at(ramp.path, text)])
  const ends = { from: ramp.level(ramp.from).text, to: ramp.level(ramp.to).text }
  // Refuses a scenario that is wrong at either end before anything is started.
  for (const end of Object.values(ends)) scenarioAt(end)

  const machine = readMachine({ allowsStandIns: !request.requiresReal })
  const levels: SearchLevel[] = []
  await interruptible(noteUnless(isQuiet), async (signal) => {
    for (let value: number | null = ramp.from; value !== null && !signal.aborted; value = next()) {
      const level = ramp.level(value)
      const scenario = withGate(scenarioAt(level.text), gate)
      const title = `${ramp.path}=${level.text}: `
      const run = () =>
        watchedRun(prepare(scenario, machine), { machine, signal, isQuiet, wantsColor, title })
      levels.push({ ...level, ...(await tryLevel(run)) })
    }
  })
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
    const tried = levels.map(({ value, outcome }) => ({ value, passed: outcome === 'pass' }))
    return nextLevel(ramp, tried, (value) => ramp.level(value).value)
  }
}

/** A level that can't be set up has failed; a bug is thrown. */
async function tryLevel(run: () => Promise<Result>): Promise<Omit<SearchLevel, 'text' | 'value'>> {
  try {
    const result = await run()
    const { outcome, reasons, attributedTo } = result.verdict
    return { outcome, reasons, attributedTo, result }
  } catch (error) {
    if (!(error instanceof WsbenchError) || error.exit !== 'setup') throw error
    return { outcome: 'setup', reasons: [describeError(error)], attributedTo: [], result: null }
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
