import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { editorSchema } from './schema.js'

it('is what scenario.schema.json holds (after a change: node scripts/write-schema.mjs)', () => {
  expect(readFileSync(new URL('../../scenario.schema.json', import.meta.url), 'utf8')).toBe(editorSchema())
})

it('requires a name and clients, lists the registries, and has defaults in the units of a scenario', () => {
  const schema = JSON.parse(editorSchema())
  expect(schema.required).toEqual(['name', 'clients'])
  expect(schema.properties.cluster.properties.balancer.properties.strategy.enum).toContain('ip-hash')
  expect(schema.properties.phases.properties.warmup).toMatchObject({ type: 'string', default: '5s' })
  const kinds = schema.properties.chaos.items.oneOf.map(
    (event: { properties: { event: { const: string } } }) => {
      return event.properties.event.const
    },
  )
  expect(kinds).toContain('node-drain')
})

/** Paths of the keys below `schema` that have no description. */
function undescribed(schema: Record<string, unknown>, path = ''): string[] {
  const keys = Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)
  const parts = ['anyOf', 'oneOf'].flatMap((key) => (schema[key] ?? []) as Record<string, unknown>[])
  const items = schema.items === undefined ? [] : [schema.items as Record<string, unknown>]
  return [
    ...keys.flatMap(([key, value]) => [
      ...(value.description === undefined ? [`${path}.${key}`] : []),
      ...undescribed(value, `${path}.${key}`),
    ]),
    ...[...parts, ...items].flatMap((part) => undescribed(part, path)),
  ]
}

it('describes every key', () => {
  expect(undescribed(JSON.parse(editorSchema()))).toEqual([])
})
