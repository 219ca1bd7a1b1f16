import { scenarioJsonSchema } from '../scenarios/schema.js'

/** The part of JSON Schema that the scenario's schema has. */
interface Field {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly quantity?: string
  readonly properties?: Readonly<Record<string, Field>>
  readonly required?: readonly string[]
  readonly items?: Field
  readonly anyOf?: readonly Field[]
}

type Row = readonly [setting: string, value: string, defaultValue: string, effect: string]

/** Parts of a scenario whose settings are told elsewhere: events have arguments of their own, gates are one line. */
const elsewhere = new Set(['chaos', 'gates'])

/** The rows of each part of a scenario: `clients`, `traffic`, … Keys without parts of their own are in `''`. */
export function settingsByPart(): ReadonlyMap<string, readonly Row[]> {
  const parts = new Map<string, Row[]>([['', []]])
  const { properties = {}, required = [] } = scenarioJsonSchema() as Field
  for (const [name, field] of Object.entries(properties)) {
    if (elsewhere.has(name)) continue
    const below = settingsBelow(field, '')
    if (below.length > 0) parts.set(name, below)
    else parts.get('')!.push(rowOf(name, field, required.includes(name)))
  }
  return parts
}

function settingsBelow(field: Field, path: string): Row[] {
  const { properties = {}, required = [] } = field.items ?? field
  return Object.entries(properties).flatMap(([key, child]) => {
    const name = `${path}${key}`
    const below = settingsBelow(child, `${name}${child.items ? '[]' : ''}.`)
    return below.length > 0 ? below : [rowOf(name, child, required.includes(key))]
  })
}

function rowOf(name: string, field: Field, isRequired: boolean): Row {
  return [`\`${name}\``, valuesOf(field), defaultOf(field, isRequired), field.description ?? '']
}

function valuesOf({ enum: values, quantity, anyOf, type, items }: Field): string {
  if (values) return values.map((value) => `\`${value}\``).join(' ')
  if (quantity !== undefined) return quantity
  if (anyOf) return anyOf.map(valuesOf).join(' or ')
  if (type === 'array') return `list of ${valuesOf(items ?? {})}`
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    boolean: '`true` `false`',
    object: 'mapping',
  }
  return typeof type === 'string' ? (words[type] ?? type) : 'text or mapping'
}

function defaultOf(field: Field, isRequired: boolean): string {
  if (isRequired && field.default === undefined) return 'required'
  const { default: value } = field
  if (value === undefined || value === '' || (typeof value === 'object' && Object.keys(value!).length === 0))
    return ''
  return `\`${typeof value === 'object' ? JSON.stringify(value) : value}\``
}
