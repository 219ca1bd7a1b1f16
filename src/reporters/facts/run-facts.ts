import type { Result } from '../../results/result.js'
import { balanceFacts } from './balance.js'
import { connectionsFacts } from './connections.js'
import { deliveriesFacts } from './deliveries.js'
import { eventsFacts } from './events.js'
import type { FactBlock } from './fact.js'
import { gatesFacts } from './gates.js'
import { generatorFacts } from './generator.js'
import { latencyFacts } from './latency.js'
import { notesFacts, setupFacts } from './setup.js'

/** In the order of the questions: what was lost, how late, what happened, can it be trusted, how to repeat it, did it pass. */
const blocks = {
  deliveries: deliveriesFacts,
  latency: latencyFacts,
  events: eventsFacts,
  balance: balanceFacts,
  connections: connectionsFacts,
  generator: generatorFacts,
  setup: setupFacts,
  notes: notesFacts,
  gates: gatesFacts,
} as const satisfies Record<string, (result: Result) => FactBlock | null>

export type BlockName = keyof typeof blocks
export type RunFacts = Readonly<Record<BlockName, FactBlock | null>>

/** Everything that the reports of a run show, for reporters to lay out. */
export function runFacts(result: Result): RunFacts {
  const entries = Object.entries(blocks).map(([name, read]) => [name, read(result)])
  return Object.fromEntries(entries) as RunFacts
}
