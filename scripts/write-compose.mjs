// Writes docker-compose.yml and the configurations it mounts from what the drivers know of the parts. Run after the build.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { plainFiles } from '../build/src/cluster/compose/plain-file.js'

for (const [path, text] of Object.entries(plainFiles())) {
  const file = new URL(`../${path}`, import.meta.url)
  mkdirSync(dirname(file.pathname), { recursive: true })
  writeFileSync(file, text)
}
