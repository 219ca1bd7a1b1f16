import type { Path } from './explain-issue.js'

/** Every string and number in `value`, at any depth, with its path. `path` is the path of `value` itself. */
export function textsIn(value: unknown, path: Path): [path: Path, text: string][] {
  if (typeof value === 'string' || typeof value === 'number') return [[path, String(value)]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) =>
    textsIn(item, [...path, Array.isArray(value) ? Number(key) : key]),
  )
}
