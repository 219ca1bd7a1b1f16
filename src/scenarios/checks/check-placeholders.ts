import { existsSync } from 'node:fs'
import { WsbenchError } from '../../base/errors.js'
import { nearest } from '../../base/nearest.js'
import { entry } from '../../base/records.js'
import { type FeedRow, readFeed } from '../../plan/feed.js'
import type { Scenario } from '../schema.js'
import { type Issue, issueAt, type Path } from '../yaml/explain-issue.js'
import { textsIn } from '../yaml/texts-in.js'

type Located = readonly [path: Path, text: string]

/**
 * Placeholders in a target or a hook that have no value: environment variables that are not set, and missing feeds or columns.
 * The paths in `scenario` must already be absolute.
 */
export function checkPlaceholders(
  { target, chaos }: Scenario,
  env: Readonly<Record<string, string | undefined>>,
): Issue[] {
  const ofTarget = textsIn(target, ['target'])
  const variables = [...ofTarget, ...textsIn(chaos, ['chaos'])].flatMap((located) =>
    placeholders('env', located)
      .filter((name) => entry(env, name) === undefined)
      .map((name) => issueAt(located[0], `${name} is not set in the environment`, 'a variable that is set')),
  )
  return [...variables, ...(target ? checkFeed(target.feed, ofTarget) : [])]
}

function checkFeed(file: string | undefined, texts: readonly Located[]): Issue[] {
  const used = texts.filter((located) => placeholders('feed', located).length > 0)
  if (file === undefined)
    return used.map(([path]) => issueAt(path, 'target.feed is not set', 'a feed, or no {feed:…}'))
  // resolveTarget reports a missing file.
  if (!existsSync(file)) return []
  try {
    const rows = readFeed(file)
    return used.flatMap((located) =>
      placeholders('feed', located).flatMap((column) => checkColumn(column, located[0], rows)),
    )
  } catch (error) {
    if (!(error instanceof WsbenchError)) throw error
    return [
      issueAt(
        ['target', 'feed'],
        error.message,
        'a CSV file with a header line, or a JSON list of mappings',
        error.hint,
      ),
    ]
  }
}

/** The hint has the nearest name only: the first line of a file without a header may hold secrets. */
function checkColumn(column: string, path: Path, rows: readonly FeedRow[]): Issue[] {
  const incomplete = rows.findIndex((row) => !Object.hasOwn(row, column))
  if (incomplete < 0) return []
  const columns = Object.keys(rows[incomplete]!)
  const meant = nearest(column, columns)
  const isMissingEverywhere = rows.every((row) => !Object.hasOwn(row, column))
  const where = isMissingEverywhere ? 'target.feed' : `row ${incomplete + 1} of target.feed`
  return [
    issueAt(
      path,
      `${where} has no column ${column}`,
      'an existing column',
      meant === undefined ? undefined : `did you mean {feed:${meant}}?`,
    ),
  ]
}

function placeholders(kind: 'env' | 'feed', [, text]: Located): string[] {
  return [...text.matchAll(new RegExp(`\\{${kind}:([^{}]+)\\}`, 'g'))].map(([, name]) => name!)
}
