// Measures what a client and a delivery cost each part, and writes docs/scale.json and, from it, docs/scale.md:
//   npm run build && node scripts/scale.mjs                     # writes the page anew from the saved points
//   node scripts/scale.mjs idle:nginx:100k fanout:haproxy:1/s   # measures these points (alone on the machine), then writes
//   node scripts/scale.mjs connect:nginx:100k                   # CPU of connecting, without that of idling
//   node scripts/scale.mjs search:nginx:0.5/s..2/s             # the highest rate that fanout-50k sustains
//   node scripts/scale.mjs memory:nginx:10                     # the generator's memory over ten minutes
//   node scripts/scale.mjs memory:nginx:10:publish             # the same with a thousand publishers, and few subscribers each
// A new measurement replaces the old point. If it fails, the old point stays and the exit code is 1.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { measureMemory, measurePoint, measureSearch } from './scale/measure.mjs'
import { renderPage } from './scale/page.mjs'

const docs = fileURLToPath(new URL('../docs/', import.meta.url))
const file = `${docs}scale.json`
const saved = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
const kinds = {
  search: ['searches', measureSearch],
  memory: ['memories', measureMemory],
  idle: ['points', measurePoint],
  connect: ['points', measurePoint],
  fanout: ['points', measurePoint],
}
for (const [name] of Object.values(kinds)) saved[name] ??= []

for (const id of process.argv.slice(2)) {
  const kind = kinds[id.split(':')[0]]
  if (!kind) throw new Error(`${id}: expected one of ${Object.keys(kinds).join(', ')}`)
  const [name, measure] = kind
  const list = saved[name]
  const measured = await measure(id).catch((error) => {
    console.error(`${id} is not kept: ${error.message}`)
    process.exitCode = 1
    return null
  })
  if (measured === null) continue
  const known = list.findIndex((one) => one.id === id)
  list.splice(known < 0 ? list.length : known, known < 0 ? 0 : 1, measured)
  writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`)
}
writeFileSync(`${docs}scale.md`, renderPage(saved))
