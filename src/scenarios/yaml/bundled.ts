import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'
import { usageError } from '../../base/errors.js'
import { nearest } from '../../base/nearest.js'
import { packageRoot } from '../../base/package-info.js'

/** Names of the scenarios that come with wsbench; those in a folder are called `playbook/<name>`. */
export function bundledScenarios(): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(sep, '/'))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}

/** The file at `pathOrName`, or else the bundled scenario of that name, with or without `.yaml`. */
export function findScenario(pathOrName: string): string {
  if (statSync(pathOrName, { throwIfNoEntry: false })?.isFile()) return pathOrName
  const neighbour = neighbourOf(pathOrName)
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
  throw usageError(
    `no scenario file ${pathOrName}, and no bundled scenario of that name`,
    `${neighbour ? `did you mean "${neighbour}"? ` : meant ? `did you mean "${meant}"? ` : ''}bundled: ${bundled.join(', ')}`,
  )
}

/** The YAML file in the same folder whose name is nearest to `path`. */
function neighbourOf(path: string): string | undefined {
  const folder = dirname(path)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return undefined
  const files = readdirSync(folder).filter((file) => /\.ya?ml$/.test(file))
  const meant = nearest(basename(path), files)
  return meant && join(folder, meant)
}

const directory = join(packageRoot, 'scenarios')
