// Writes the tables of docs/ that follow from registries, between their markers. Run after the build.
import { readFileSync, writeFileSync } from 'node:fs'
import { documented, filledIn } from '../build/src/commands/doc-tables.js'

for (const [page, tables] of Object.entries(documented)) {
  const file = new URL(`../docs/${page}`, import.meta.url)
  writeFileSync(file, filledIn(readFileSync(file, 'utf8'), tables))
}
