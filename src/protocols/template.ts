import { entry } from '../base/records.js'

/** Any YAML value whose strings may contain `{name}`. */
export type Template =
  | string
  | number
  | boolean
  | null
  | readonly Template[]
  | { readonly [key: string]: Template }

/**
 * Fills in every known `{name}`, in strings at any depth. A number stays one where the placeholder stands alone in a string within a
 * mapping or list.
 */
export function fill(template: Template, values: Readonly<Record<string, string | number>>): Template {
  if (typeof template === 'string') return fillText(template, values)
  if (Array.isArray(template)) return template.map((item: Template) => fillValue(item, values))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillValue(value, values)]))
}

function fillValue(template: Template, values: Readonly<Record<string, string | number>>): Template {
  const [, name] = typeof template === 'string' ? (/^\{([a-z]+)\}$/.exec(template) ?? []) : []
  const alone = name === undefined ? undefined : entry(values, name)
  return typeof alone === 'number' ? alone : fill(template, values)
}

function fillText(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{([a-z]+(?::\w+)?)\}/g, (whole, name: string) => String(entry(values, name) ?? whole))
}
