import { readdirSync, statSync } from 'node:fs'
import { basename, join, sep } from 'node:path'
import { WsbenchError } from '../errors.js'
import { nearest } from '../nearest.js'
import { packageRoot } from '../package-info.js'

/** Bare names of the scenarios that come with wsbench, those in folders as `playbook/<name>`. */
export function bundledScenarios(): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(sep, '/'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/** The file that `pathOrName` means: that path, else the bundled scenario of that name, with or without `.yaml`. */
export function findScenario(pathOrName: string): string {
  if (statSync(pathOrName, { throwIfNoEntry: false })?.isFile()) return pathOrName
  const name = pathOrName.replace(/\.ya?ml$/, '')
  const bundled = bundledScenarios()
  if (bundled.includes(name)) return join(directory, `${name}.yaml`)
  const meant = bundled.find(
    (known) =>
      basename(known) ===
      nearest(
        basename(name),
        bundled.map((all) => basename(all)),
      ),
  )
  throw new WsbenchError(`no scenario file ${pathOrName}, and none of that name is bundled`, {
    exit: 'usage',
    hint: `${meant ? `did you mean "${meant}"? ` : ''}bundled: ${bundled.join(', ')}`,
  })
}

const directory = join(packageRoot, 'scenarios')
