import { styleText } from 'node:util'
import Table from 'cli-table3'
import { formatCount, formatMicros } from '../base/format.js'
import { isEqual, type Row } from './compare.js'
import type { SelftestReport } from './report.js'

const COLUMNS = 80
/** Blocks whose figures are all shown; of the others, only those that differ. */
const shownInFull: readonly string[] = ['deliveries', 'published', 'connections', 'closed with']

const headlines = {
  exact: { mark: '✓ PASS', style: 'green' },
  miscount: { mark: '✗ FAIL', style: 'red' },
  invalid: { mark: '? INVALID', style: 'yellow' },
  interrupted: { mark: '◼ INTERRUPTED', style: 'yellow' },
} as const satisfies Record<SelftestReport['outcome'], unknown>

/** A selftest's report in 80 columns: the verdict, and each figure as counted and as expected. */
export function reportTable(
  report: SelftestReport,
  { seconds, seed, color }: { readonly seconds: number; readonly seed: number; readonly color: boolean },
): string {
  const { outcome, rows, reasons, closestMicros, worstLagMicros } = report
  const { mark, style } = headlines[outcome]
  const paint = (text: string): string =>
    color ? styleText(['bold', style], text, { validateStream: false }) : text
  const due = formatCount(rows.find(({ name }) => name === 'due')?.expected ?? 0)
  const different = rows.filter((row) => !isEqual(row)).length
  const summary = {
    exact: `${due} deliveries, every class exact`,
    miscount: `${different} of ${rows.length} figures are not as expected`,
    invalid: 'not judged',
    interrupted: 'not judged',
  }[outcome]
  return [
    `${paint(mark)} selftest: ${summary}`,
    `  ${rows.length} figures compared · ${seconds.toFixed(1)} s · seed ${seed}`,
    `  messages ≥ ${formatMicros(closestMicros)} after a class boundary · event-loop lag ≤ ${formatMicros(worstLagMicros)}`,
    ...reasons.map((reason) => `  ${reason}`),
    '',
    grid(rows),
    '',
  ].join('\n')
}

function grid(rows: readonly Row[]): string {
  const table = new Table({
    head: ['', 'counted', 'expected', ''],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'left'],
    colWidths: [COLUMNS - 40, 16, 16, 3],
  })
  for (const block of new Set(rows.map((row) => row.block))) {
    const own = rows.filter((row) => row.block === block)
    const shown = shownInFull.includes(block) ? own : own.filter((row) => !isEqual(row))
    if (shown.length === 0) table.push([block, `all ${own.length}`, 'equal', '✓'])
    else for (const row of shown) table.push(cellsOf(row))
  }
  return table.toString()
}

function cellsOf(row: Row): string[] {
  const name = row.block === 'deliveries' ? wordsOf(row.name) : `${row.block}: ${wordsOf(row.name)}`
  return [name, formatCount(row.counted), formatCount(row.expected), isEqual(row) ? '✓' : '✗']
}

/** `lostInFlight` → `lost in flight` */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
