import { styleText } from 'node:util'
import Table from 'cli-table3'
import { isRight, type Row } from './compare.js'
import type { Finding } from './finding.js'

const COLUMNS = 80
/** Blocks of which every figure is shown; of the others, only what is wrong. */
const shownInFull: readonly string[] = ['deliveries', 'published', 'connections', 'closed with']

const headlines = {
  exact: { mark: '✓ PASS', style: 'green' },
  miscount: { mark: '✗ FAIL', style: 'red' },
  invalid: { mark: '? INVALID', style: 'yellow' },
  interrupted: { mark: '◼ INTERRUPTED', style: 'yellow' },
} as const satisfies Record<Finding['outcome'], unknown>

/** What a selftest came to in 80 columns: the verdict, claim and truth of each figure, and what it took. */
export function findingTable(
  finding: Finding,
  { seconds, seed, color }: { readonly seconds: number; readonly seed: number; readonly color: boolean },
): string {
  const { outcome, rows, reasons, closestMicros, worstLagMicros } = finding
  const { mark, style } = headlines[outcome]
  const paint = (text: string): string =>
    color ? styleText(['bold', style], text, { validateStream: false }) : text
  const tries = (rows.find(({ name }) => name === 'due')?.truth ?? 0).toLocaleString('en-US')
  const wrong = rows.filter((row) => !isRight(row)).length
  const summary = {
    exact: `${tries} deliveries, every class exact`,
    miscount: `${wrong} of ${rows.length} figures differ from the ledger`,
    invalid: 'no judgement',
    interrupted: 'no judgement',
  }[outcome]
  return [
    `${paint(mark)} selftest: ${summary}`,
    `  ${rows.length} figures compared · ${seconds.toFixed(1)} s · seed ${seed}`,
    `  messages ${milliseconds(closestMicros)} or more after an edge; generator ${milliseconds(worstLagMicros)} late at most`,
    ...reasons.map((reason) => `  ${reason}`),
    '',
    grid(rows),
    '',
  ].join('\n')
}

function grid(rows: readonly Row[]): string {
  const table = new Table({
    head: ['', 'claim', 'truth', ''],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
    colAligns: ['left', 'right', 'right', 'left'],
    colWidths: [COLUMNS - 40, 16, 16, 3],
  })
  for (const block of new Set(rows.map((row) => row.block))) {
    const own = rows.filter((row) => row.block === block)
    const shown = shownInFull.includes(block) ? own : own.filter((row) => !isRight(row))
    if (shown.length === 0) table.push([block, `all ${own.length}`, 'equal', '✓'])
    else for (const row of shown) table.push(cellsOf(row))
  }
  return table.toString()
}

function cellsOf(row: Row): string[] {
  const name = row.block === 'deliveries' ? row.name : `${row.block}: ${row.name}`
  const [claim, truth] = [row.claim, row.truth].map((figure) => figure.toLocaleString('en-US'))
  return [name, claim!, truth!, isRight(row) ? '✓' : '✗']
}

function milliseconds(micros: number): string {
  return `${Math.round(micros / 1000)} ms`
}
