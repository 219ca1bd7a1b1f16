import { escapeJson } from './escape.js'
import type { Reporter } from './reporter.js'

/** The result itself, to be read, diffed and rendered again. */
export const json: Reporter = {
  kind: 'json',
  summary: 'the whole result, histograms included; every other report can be made from it',
  render: (result) => `${escapeJson(JSON.stringify(result, null, 2))}\n`,
}
