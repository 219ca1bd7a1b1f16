import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { editorSchema } from './editor-schema.js'

it('is what scenario.schema.json holds (after a change: node scripts/write-schema.mjs)', () => {
  expect(readFileSync(new URL('../../scenario.schema.json', import.meta.url), 'utf8')).toBe(editorSchema())
})

it('demands a name and clients, offers the registries, and shows defaults as they are written', () => {
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
