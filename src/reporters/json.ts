import { escapeJson } from '../base/escape.js'
import type { Reporter } from './reporter.js'

/** The result itself, to read, to compare and to convert into other reports. */
export const json: Required<Omit<Reporter, 'printsCommands'>> = {
  kind: 'json',
  summary: 'the whole result, histograms included; it can be converted into every other report',
  render: write,
  renderComparison: write,
  renderSearch: write,
  renderBaseline: write,
}

function write(value: unknown): string {
  return `${escapeJson(JSON.stringify(value, null, 2))}\n`
}
