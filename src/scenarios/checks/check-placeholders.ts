import { existsSync } from 'node:fs'
import { WsbenchError } from '../../base/errors.js'
import { nearest } from '../../base/nearest.js'
import { type FeedRow, readFeed } from '../../plan/feed.js'
import type { Scenario } from '../schema.js'
import { complaint, type Issue, type Path } from '../yaml/explain-issue.js'
import { textsIn } from '../yaml/texts-in.js'

type Located = readonly [path: Path, text: string]

/**
 * Placeholders of a target and of hooks that nothing would be filled in for: variables that are not set, feeds and columns that
 * are not there. Paths of `scenario` are absolute by now.
 */
export function checkPlaceholders(
  { target, chaos }: Scenario,
  env: Readonly<Record<string, string | undefined>>,
): Issue[] {
  const ofTarget = textsIn(target, ['target'])
  const variables = [...ofTarget, ...textsIn(chaos, ['chaos'])].flatMap((located) =>
    placeholders('env', located)
      .filter((name) => env[name] === undefined)
      .map((name) =>
        complaint(located[0], `${name} is not set in the environment`, 'a variable that is set'),
      ),
  )
  return [...variables, ...(target ? checkFeed(target.feed, ofTarget) : [])]
}

function checkFeed(file: string | undefined, texts: readonly Located[]): Issue[] {
  const used = texts.filter((located) => placeholders('feed', located).length > 0)
  if (file === undefined)
    return used.map(([path]) => complaint(path, 'there is no target.feed', 'a feed, or no {feed:…}'))
  // One that is not there is told by resolveTarget.
  if (!existsSync(file)) return []
  try {
    const rows = readFeed(file)
    return used.flatMap((located) =>
      placeholders('feed', located).flatMap((column) => checkColumn(column, located[0], rows)),
    )
  } catch (error) {
    if (!(error instanceof WsbenchError)) throw error
    return [
      complaint(
        ['target', 'feed'],
        error.message,
        'a CSV file with a header line, or a JSON list of mappings',
        error.hint,
      ),
    ]
  }
}

/** No hint but a near name: what stands in the first line of a file without a header is somebody's secret. */
function checkColumn(column: string, path: Path, rows: readonly FeedRow[]): Issue[] {
  const lacking = rows.findIndex((row) => !Object.hasOwn(row, column))
  if (lacking < 0) return []
  const columns = Object.keys(rows[lacking]!)
  const meant = nearest(column, columns)
  const isNowhere = rows.every((row) => !Object.hasOwn(row, column))
  const where = isNowhere ? 'target.feed' : `row ${lacking + 1} of target.feed`
  return [
    complaint(
      path,
      `${where} has no column ${column}`,
      'a column that it has',
      meant === undefined ? undefined : `did you mean {feed:${meant}}?`,
    ),
  ]
}

function placeholders(kind: 'env' | 'feed', [, text]: Located): string[] {
  return [...text.matchAll(new RegExp(`\\{${kind}:([^{}]+)\\}`, 'g'))].map(([, name]) => name!)
}
