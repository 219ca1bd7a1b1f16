// Measures what a client and a delivery cost each part, and writes docs/scale.json and, from it, docs/scale.md:
//   npm run build && node scripts/scale.mjs                     # writes the page anew from the saved points
//   node scripts/scale.mjs idle:nginx:100k fanout:haproxy:1/s   # measures these points (alone on the machine), then writes
//   node scripts/scale.mjs search:nginx:0.5/s..2/s             # the highest rate that fanout-50k sustains
// A point that is measured again replaces the one there was.

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { measurePoint, measureSearch } from './scale/measure.mjs'
import { renderPage } from './scale/page.mjs'

const docs = fileURLToPath(new URL('../docs/', import.meta.url))
const file = `${docs}scale.json`
const saved = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { points: [], searches: [] }

for (const id of process.argv.slice(2)) {
  const list = id.startsWith('search:') ? saved.searches : saved.points
  const measured = id.startsWith('search:') ? await measureSearch(id) : await measurePoint(id)
  const known = list.findIndex((one) => one.id === id)
  list.splice(known < 0 ? list.length : known, known < 0 ? 0 : 1, measured)
  writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`)
}
writeFileSync(`${docs}scale.md`, renderPage(saved))
