import { csv } from './csv.js'
import { github } from './github.js'
import { hgrm } from './hgrm.js'
import { hlog } from './hlog.js'
import { html } from './html.js'
import { json } from './json.js'
import { junit } from './junit.js'
import { markdown } from './markdown.js'
import type { Reporter } from './reporter.js'
import { table } from './table.js'

/** Every reporter, by the kind `--out` uses. */
export const reporters = {
  json,
  table,
  html,
  junit,
  markdown,
  github,
  csv,
  hlog,
  hgrm,
} as const satisfies Record<string, Reporter>

export type ReporterKind = keyof typeof reporters
