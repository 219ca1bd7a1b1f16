/** Any YAML value in which strings may hold `{name}`s. */
export type Template =
  | string
  | number
  | boolean
  | null
  | readonly Template[]
  | { readonly [key: string]: Template }

/** The value with every `{name}` that is known filled in, in strings at any depth; others stay as they are. */
export function fill(template: Template, values: Readonly<Record<string, string>>): Template {
  if (typeof template === 'string')
    return template.replace(/\{([a-z]+)\}/g, (whole, name: string) => values[name] ?? whole)
  if (Array.isArray(template)) return template.map((item: Template) => fill(item, values))
  if (typeof template !== 'object' || template === null) return template
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fill(value, values)]))
}
