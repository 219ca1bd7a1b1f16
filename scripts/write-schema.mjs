// Writes scenario.schema.json from the built zod schema. Run after the build.
import { writeFileSync } from 'node:fs'
import { editorSchema } from '../build/src/scenarios/schema.js'

writeFileSync(new URL('../scenario.schema.json', import.meta.url), editorSchema())
