import { escapeJson } from '../base/escape.js'
import type { Reporter } from './reporter.js'

/** The result itself, to be read, diffed and rendered again. */
export const json: Required<Reporter> = {
  kind: 'json',
  summary: 'the whole result, histograms included; every other report can be made from it',
  render: write,
  renderComparison: write,
  renderSearch: write,
  renderBaseline: write,
}

function write(value: unknown): string {
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`
}
