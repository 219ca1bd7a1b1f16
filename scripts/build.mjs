// Builds dist/ anew beside the old one and swaps them, so that no deleted source lives on and a run in progress keeps
// its modules; then writes the editor schema and the tables of docs/.
import { execFileSync } from 'node:child_process'
import { chmodSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const next = `${root}dist.next`
const tsc = `${root}node_modules/typescript/bin/tsc`
rmSync(next, { recursive: true, force: true })
try {
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', next], {
    cwd: root,
    stdio: 'inherit',
  })
} catch {
  rmSync(next, { recursive: true, force: true })
  process.exit(1)
}
chmodSync(`${next}/src/cli.js`, 0o755)
rmSync(`${root}dist`, { recursive: true, force: true })
renameSync(next, `${root}dist`)
await import('./write-schema.mjs')
await import('./write-docs.mjs')
