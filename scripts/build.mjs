// Compiles to build/, which scripts import, and bundles that to dist/, which users run; then writes the editor schema, the
// tables of docs/ and docker-compose.yml. Both are built beside the old ones and swapped, so that no deleted source lives on
// and a run in progress keeps its modules.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.mjs'
import { inlineModules } from './inline-modules.mjs'

const require = createRequire(import.meta.url)
const root = fileURLToPath(new URL('..', import.meta.url))
const compiled = `${root}build.next`
const next = `${root}dist.next`
const tsc = `${root}node_modules/typescript/bin/tsc`
for (const directory of [compiled, next]) rmSync(directory, { recursive: true, force: true })
try {
  compile('tsconfig.build.json', compiled)
  await bundle(compiled, next)
  writeAssets(`${next}/assets`)
} catch (error) {
  // The compiler has said it all.
  if (error.status === undefined) console.error(error)
  for (const directory of [compiled, next]) rmSync(directory, { recursive: true, force: true })
  process.exit(1)
}
chmodSync(`${next}/src/cli.js`, 0o755)
swap(compiled, `${root}build`)
swap(next, `${root}dist`)
await import('./write-schema.mjs')
await import('./write-docs.mjs')
await import('./write-compose.mjs')

function swap(built, directory) {
  rmSync(directory, { recursive: true, force: true })
  renameSync(built, directory)
}

function compile(project, outDirectory) {
  execFileSync(process.execPath, [tsc, '-p', project, '--outDir', outDirectory], {
    cwd: root,
    stdio: 'inherit',
  })
}

/** What an HTML report carries: uPlot, the script that draws with it, the style sheet. */
function writeAssets(directory) {
  const source = 'src/reporters/html'
  const compiled = `${next}/browser`
  mkdirSync(directory)
  compile(`${source}/browser/tsconfig.json`, compiled)
  writeFileSync(`${directory}/report.js`, inlineModules(`${compiled}/${source}/browser/main.js`))
  rmSync(compiled, { recursive: true })
  copyFileSync(`${root}${source}/report.css`, `${directory}/report.css`)
  const uplot = dirname(require.resolve('uplot'))
  for (const name of ['uPlot.iife.min.js', 'uPlot.min.css'])
    copyFileSync(join(uplot, name), `${directory}/${name}`)
}
