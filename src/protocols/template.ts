import { entry } from '../base/records.js'

/** Any YAML value whose strings may contain `{name}`. */
export type Template =
  | string
  | number
  | boolean
  | null
  | readonly Template[]
  | { readonly [key: string]: Template }

/** Fills in every known `{name}`, in strings at any depth. */
export function fill(template: Template, values: Readonly<Record<string, string>>): Template {
  if (typeof template === 'string')
    return template.replace(/\{([a-z]+)\}/g, (whole, name: string) => entry(values, name) ?? whole)
  if (Array.isArray(template)) return template.map((item: Template) => fill(item, values))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, values)]))
}
