import { z } from 'zod'
import { scenarioSchema } from './schema.js'

/** The text of scenario.schema.json: what editors complete and check scenarios with. Follows from the zod schema. */
export function editorSchema(): string {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input' })
  const head = { $schema: schema.$schema, title: 'wsbench scenario' }
  return `${JSON.stringify({ ...head, ...schema }, null, 2)}\n`
}
