import { z } from 'zod'
import { decodeHistogram } from './latency/histogram.js'

/*
 * Schemas of saved files. They are zod's, with readonly types: a type that is derived from one is as an interface would be.
 */

export const text = z.string()
export const flag = z.boolean()
/** Finite. */
export const number = z.number()
/** 0 or more. */
export const amount = z.number().min(0)

/** Base64 HDR histogram of µs. */
export const histogram = text.refine(isHistogram, 'no base64 HDR histogram')

/** Has each of these fields; what else it has is not checked. */
export function object<Shape extends Readonly<Record<string, z.ZodType>>>(
  shape: Shape,
): z.ZodType<{ readonly [Name in keyof Shape]: z.output<Shape[Name]> }> {
  return z.object(shape) as never
}

export function list<Item>(item: z.ZodType<Item>): z.ZodType<readonly Item[]> {
  return z.array(item)
}

/** By names that differ from run to run: of nodes, phases, causes. */
export function byName<Value>(value: z.ZodType<Value>): z.ZodType<Readonly<Record<string, Value>>> {
  return z.record(text, value)
}

/** The same schema for each of these fields. */
export function fields<const Names extends readonly string[], Schema extends z.ZodType>(
  names: Names,
  schema: Schema,
): Readonly<Record<Names[number], Schema>> {
  return Object.fromEntries(names.map((name) => [name, schema])) as Record<Names[number], Schema>
}

function isHistogram(base64: string): boolean {
  try {
    decodeHistogram(base64)
    return true
  } catch {
    return false
  }
}
