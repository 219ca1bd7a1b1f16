import { type Document, isMap, isScalar, isSeq, type YAMLMap } from 'yaml'
import { entry } from '../base/records.js'
import type { ChaosEvent } from '../chaos/event.js'
import { events } from '../chaos/index.js'
import type { Override } from './yaml/overrides.js'

/** Whether `--target`, or a `--set` of target.url, gives the scenario a target. */
export function setsTarget(overrides: readonly Override[]): boolean {
  return overrides.some((given) =>
    /^\s*target(?:\.urls?)?\s*=/.test(typeof given === 'string' ? given : given.text),
  )
}

/**
 * Takes out what only a cluster that wsbench runs has: `cluster`, its events, and the gates on these. Returns what was taken out, for
 * the reader of the result.
 */
export function withoutCluster({ contents: scenario }: Document): string[] {
  if (!isMap(scenario) || scenario.has('target') || !scenario.has('cluster')) return []
  scenario.delete('cluster')
  const names = new Set<string>()
  takeFrom(scenario, 'chaos', (event) => {
    const name = textAt(event, 'event')
    const kind = entry<Pick<ChaosEvent<never>, 'worksOnTargets'>>(events, name)
    if (kind === undefined || kind.worksOnTargets === true) return false
    names.add(name)
    return true
  })
  const gates: string[] = []
  takeFrom(scenario, 'gates', (gate) => {
    const text = isScalar(gate) ? String(gate.value) : textAt(gate, 'gate')
    const [, name = ''] = /\{[^}]*\b(?:event|phase)=([a-z-]+)#/.exec(text) ?? []
    return names.has(name) && gates.push(text) > 0
  })
  return [...names, ...gates, ...sendingByBackend(scenario)]
}

/** Clients send in place of the backend. */
function sendingByBackend(scenario: YAMLMap): string[] {
  const traffic = scenario.get('traffic')
  if (!isSeq(traffic)) return []
  const byBackend = traffic.items.filter(isMap).filter((item) => item.get('via') === 'backend')
  for (const item of byBackend) item.delete('via')
  return byBackend.length === 0 ? [] : ['via: backend']
}

function takeFrom(scenario: YAMLMap, section: string, isTaken: (item: unknown) => boolean): void {
  const list = scenario.get(section)
  if (isSeq(list)) list.items = list.items.filter((item) => !isTaken(item))
}

function textAt(item: unknown, key: string): string {
  return isMap(item) ? String(item.get(key)) : ''
}
