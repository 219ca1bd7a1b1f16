import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The directory of package.json, whether this runs from dist/ or from the TypeScript sources. */
export const packageRoot = findRoot(dirname(fileURLToPath(import.meta.url)))

export const packageVersion: string = (
  JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version

function findRoot(directory: string): string {
  try {
    readFileSync(join(directory, 'package.json'))
    return directory
  } catch {
    const parent = dirname(directory)
    if (parent === directory) throw new Error('package.json not found above the program')
    return findRoot(parent)
  }
}
