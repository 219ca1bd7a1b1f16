import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, resolve } from 'node:path'

/** Absolute path of the first executable file `name` on `path`; null when there is none. */
export function findBinary(name: string, path = process.env.PATH ?? ''): string | null {
  const directories = path.split(delimiter).filter((directory) => directory !== '')
  return directories.map((directory) => resolve(directory, name)).find(isExecutableFile) ?? null
}

function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
