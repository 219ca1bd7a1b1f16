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
 * The parts of a scenario that are valid by themselves; undefined for sections and list entries that are not. With it, checks
 * across sections run even if some sections are invalid, so that all problems are reported at once.
 */
export interface Draft {
  readonly cluster: Scenario['cluster'] | undefined
  readonly target: Scenario['target']
  /** Whether the scenario has a `cluster` section. */
  readonly hasCluster: boolean
  readonly clients: Scenario['clients'] | undefined
  readonly phases: Scenario['phases'] | undefined
  readonly traffic: readonly (TrafficEntry | undefined)[]
  readonly chaos: readonly (ScheduledEvent | undefined)[]
  readonly gates: readonly (Scenario['gates'][number] | undefined)[]
}

/** `data` is the scenario as plain data of any type. */
export function draftOf(data: unknown): Draft {
  const sections: Record<string, unknown> = typeof data === 'object' && data !== null ? { ...data } : {}
  const { cluster, target, clients, phases, traffic } = scenarioSchema.shape
  return {
    // With a target there is no cluster to check other parts against.
    cluster: sections.target === undefined ? valid(cluster, sections.cluster) : undefined,
    target: valid(target, sections.target),
    hasCluster: sections.cluster !== undefined,
    clients: valid(clients, sections.clients),
    phases: valid(phases, sections.phases),
    traffic:
      sections.traffic === undefined
        ? (valid(traffic, undefined) ?? [])
        : list(sections.traffic).map((entry) => valid(trafficEntrySchema, entry)),
    chaos: list(sections.chaos).map((entry) => valid(chaosEntrySchema, entry)),
    gates: list(sections.gates).map((entry) => valid(gateEntrySchema, entry)),
  }
}

function valid<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> | undefined {
  return schema.safeParse(value).data
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
