import { html } from './html.js'
import { json } from './json.js'
import type { Reporter } from './reporter.js'
import { table } from './table.js'

/** Every reporter, by the kind `--out` uses. */
export const reporters = { html, json, table } as const satisfies Record<string, Reporter>

export type ReporterKind = keyof typeof reporters
