import { z } from 'zod'
import type { Unit } from './quantity.js'

/** Limits of a quantity, written with a unit, so that a message can quote them. */
export interface Bounds {
  readonly from?: string
  readonly to?: string
}

/** The parameters of a custom issue of this schema; `explainIssue` turns them into a Problem. */
export interface IssueDetails {
  readonly what?: string
  readonly expected?: string
  readonly hint?: string
}

/**
 * A field that holds a quantity of `unit` within `bounds`; its value is the number that `unit.parse` returns. In the schema
 * for editors it is a string (or number) with the unit's pattern; `quantity` names unit and bounds for the docs.
 */
export function quantity(unit: Unit, bounds: Bounds = {}) {
  const lowest = limit(unit, bounds.from) ?? 0
  const highest = limit(unit, bounds.to) ?? Number.POSITIVE_INFINITY
  const expected = `${unit.expected}${describeBounds(bounds)}`
  return z
    .unknown()
    .transform((value, context): number => {
      const parsed = unit.parse(value)
      if (parsed !== null && parsed >= lowest && parsed <= highest) return parsed
      context.issues.push(customIssue(value, { expected, ...hintFor(unit, value) }))
      return z.NEVER
    })
    .meta({
      type: unit.acceptsNumbers ? ['string', 'number'] : 'string',
      pattern: unit.pattern,
      quantity: `${unit.name}${describeBounds(bounds)}`,
    })
}

/** A switch that is off by default. */
export function flag(description: string) {
  return z.boolean({ error: 'expected true or false' }).default(false).describe(description)
}

/** A name that gates can select by. */
export function label(description: string) {
  return z
    .string({ error: 'expected a name' })
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/, {
      error: 'expected letters, digits, - and _, a letter first, at most 63',
    })
    .describe(description)
}

/** An issue with a message of our own, to push into a zod context. */
export function customIssue(input: unknown, params: IssueDetails) {
  return { code: 'custom', input, message: params.what ?? `expected ${params.expected}`, params } as const
}

function limit(unit: Unit, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const parsed = unit.parse(text)
  if (parsed === null) throw new TypeError(`bound ${text} is not ${unit.expected}`)
  return parsed
}

function describeBounds({ from, to }: Bounds): string {
  if (from !== undefined && to !== undefined) return `, from ${from} to ${to}`
  if (from !== undefined) return `, at least ${from}`
  return to === undefined ? '' : `, at most ${to}`
}

/** The most common mistake is the case (`2M` for `2m`), then a missing unit. */
function hintFor(unit: Unit, value: unknown): { readonly hint?: string } {
  if (unit.parse(value) !== null) return {}
  if (typeof value === 'number' && !unit.acceptsNumbers) return { hint: `${value} has no unit` }
  if (typeof value !== 'string') return {}
  const variants = [value.replaceAll(/\s/g, ''), value.toLowerCase(), value.toUpperCase(), `${value}/s`]
  const meant = variants.find((variant) => unit.parse(variant) !== null)
  return meant === undefined ? {} : { hint: `did you mean "${meant}"?` }
}
