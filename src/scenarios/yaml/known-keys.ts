import { z } from 'zod'
import { entry } from '../../base/records.js'

/** The keys that `schema` allows in the mapping at `path` of `value`; none if it does not allow a mapping there. */
export function knownKeys(schema: z.core.$ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  const bare = unwrap(schema, value)
  const [key, ...rest] = path
  if (key === undefined) return bare instanceof z.ZodObject ? Object.keys(bare.shape) : []
  const below =
    bare instanceof z.ZodObject
      ? entry(bare.shape, String(key))
      : bare instanceof z.ZodArray
        ? bare.element
        : undefined
  return below === undefined ? [] : knownKeys(below, rest, property(value, key))
}

/** The schema inside defaults, optionals and transforms; for a discriminated union, the alternative that `value` selects. */
function unwrap(schema: z.core.$ZodType, value: unknown): z.core.$ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.unwrap(), value)
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.out, value)
  if (!(schema instanceof z.ZodUnion)) return schema
  if (!(schema instanceof z.ZodDiscriminatedUnion)) {
    return schema.options.find((option) => option instanceof z.ZodObject) ?? schema
  }
  const chosen = property(value, schema.def.discriminator)
  const isChosen = (option: z.core.$ZodType) =>
    option instanceof z.ZodObject &&
    option.shape[schema.def.discriminator]?.safeParse(chosen).success === true
  return schema.options.find(isChosen) ?? schema
}

/** The own property of a mapping; undefined if there is none. */
export function property(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Reflect.get(value, key)
    : undefined
}
