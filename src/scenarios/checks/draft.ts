import type { z } from 'zod'
import type { ScheduledEvent } from '../../chaos/planned-event.js'
import { chaosEntrySchema } from '../chaos-schema.js'
import {
  gateEntrySchema,
  type Scenario,
  scenarioSchema,
  type TrafficEntry,
  trafficEntrySchema,
} from '../schema.js'

/**
 * What could be understood of a scenario: sections and list entries that are valid by themselves, undefined for those
 * that are not. Lets checks across sections speak up in the same pass as the schema.
 */
export interface Draft {
  readonly cluster: Scenario['cluster'] | undefined
  readonly target: Scenario['target']
  /** Whether the scenario says anything of `cluster`. */
  readonly hasCluster: boolean
  readonly clients: Scenario['clients'] | undefined
  readonly phases: Scenario['phases'] | undefined
  readonly traffic: readonly (TrafficEntry | undefined)[]
  readonly chaos: readonly (ScheduledEvent | undefined)[]
  readonly gates: readonly (Scenario['gates'][number] | undefined)[]
}

/** `data` is the scenario as plain data, whatever it may be. */
export function draftOf(data: unknown): Draft {
  const sections: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {}
  const { cluster, target, clients, phases, traffic } = scenarioSchema.shape
  return {
    // A target has no cluster that its scenario's other parts could be held against.
    cluster: sections.target === undefined ? understood(cluster, sections.cluster) : undefined,
    target: understood(target, sections.target),
    hasCluster: sections.cluster !== undefined,
    clients: understood(clients, sections.clients),
    phases: understood(phases, sections.phases),
    traffic:
      sections.traffic === undefined
        ? (understood(traffic, undefined) ?? [])
        : list(sections.traffic).map((entry) => understood(trafficEntrySchema, entry)),
    chaos: list(sections.chaos).map((entry) => understood(chaosEntrySchema, entry)),
    gates: list(sections.gates).map((entry) => understood(gateEntrySchema, entry)),
  }
}

function understood<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | undefined {
  return schema.safeParse(value).data
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
