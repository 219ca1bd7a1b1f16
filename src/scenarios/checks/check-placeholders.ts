import { existsSync } from 'node:fs'
import { WsbenchError } from '../../base/errors.js'
import { nearest } from '../../base/nearest.js'
import { entry } from '../../base/records.js'
import { type FeedRow, readFeed } from '../../plan/feed.js'
import type { Scenario } from '../schema.js'
import type { Target } from '../target-schema.js'
import { type Issue, issueAt, type Path } from '../yaml/explain-issue.js'
import { textsIn } from '../yaml/texts-in.js'
import { checkHandshake } from './check-handshake.js'

type Environment = Readonly<Record<string, string | undefined>>
type Located = readonly [path: Path, text: string]

/**
 * Placeholders in a target or a hook that have no value: environment variables that are not set, and missing feeds or columns.
 * The paths in `scenario` must already be absolute.
 */
export function checkPlaceholders({ target, chaos }: Scenario, env: Environment): Issue[] {
  const ofTarget = textsIn(target, ['target'])
  const variables = [...ofTarget, ...textsIn(chaos, ['chaos'])].flatMap((located) =>
    placeholders('env', located)
      .filter((name) => entry(env, name) === undefined)
      .map((name) => issueAt(located[0], `${name} is not set in the environment`, 'a variable that is set')),
  )
  if (!target) return variables
  return [...variables, ...checkFeed(target, ofTarget, env)]
}

function checkFeed(target: Target, texts: readonly Located[], env: Environment): Issue[] {
  const { feed } = target
  const used = texts.filter((located) => placeholders('feed', located).length > 0)
  if (feed === undefined) {
    const missing = used.map(([path]) => issueAt(path, 'target.feed is not set', 'a feed, or no {feed:…}'))
    return [...missing, ...checkHandshake(target, { env, rows: [] })]
  }
  // resolveTarget reports a missing file.
  if (!existsSync(feed.file)) return []
  try {
    const rows = readFeed({ file: feed.file, encoding: feed.encoding ?? null })
    const missing = used.flatMap((located) =>
      placeholders('feed', located).flatMap((column) => checkColumn(column, located[0], rows)),
    )
    return [...missing, ...checkHandshake(target, { env, rows })]
  } catch (error) {
    if (!(error instanceof WsbenchError)) throw error
    return [
      issueAt(
        ['target', 'feed'],
        error.message,
        'a CSV file with a header line, a JSON list of mappings, or one JSON mapping a line',
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
