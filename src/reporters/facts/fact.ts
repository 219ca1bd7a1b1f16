import { formatCount } from '../../base/format.js'

/** What a reader should make of a value: good news, bad news, reason for doubt, nothing of note. */
export type Tone = 'good' | 'bad' | 'doubt' | 'quiet'

/** One thing that a report says about a run. Every reporter shows the same label and the same value. */
export interface Fact {
  readonly label: string
  /** With its unit. */
  readonly value: string
  /** A number of things. In running text it comes before its label: `6 reordered`. */
  readonly isCount?: boolean
  /** Shown in brackets after the value. */
  readonly remark?: string
  readonly tone?: Tone
}

export interface Column {
  readonly label: string
  /** Columns with a rank are left out on a terminal too narrow for them, those of the highest rank first. */
  readonly rank?: 1 | 2
}

export interface Cell {
  readonly value: string
  readonly tone?: Tone
}

export interface FactRow {
  readonly name: string
  readonly cells: readonly Cell[]
  /** A part of the row above. */
  readonly isQuiet?: boolean
}

export interface FactTable {
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly FactRow[]
}

/** Everything a report says about one subject. Parts without content are left out. */
export interface FactBlock {
  readonly title: string
  /** The table that carries the block's title. */
  readonly table: FactTable | null
  readonly facts: readonly Fact[]
  /** Facts about one thing each, such as an event. */
  readonly groups: readonly { readonly name: string; readonly facts: readonly Fact[] }[]
  readonly tables: readonly FactTable[]
  /** Facts that take a line each, marked by their tone; without a label, a sentence. */
  readonly items: readonly Fact[]
}

/** What stands where there is no value. */
export const NOTHING = '–'

type More = Omit<Fact, 'label' | 'value' | 'isCount'>

export function counted(label: string, count: number, more: More = {}): Fact {
  return { label, value: formatCount(count), isCount: true, ...more }
}

/** The same; nothing where the count is 0 or unknown. */
export function countedIfAny(label: string, count: number | null | undefined, more: More = {}): Fact[] {
  return count ? [counted(label, count, more)] : []
}

/** A count in a table; a 0 recedes. */
export function countCell(count: number, tone?: Tone): Cell {
  return { value: formatCount(count), ...(count === 0 ? { tone: 'quiet' } : tone && { tone }) }
}

/** Null where none of its parts has content. */
export function blockOf(title: string, parts: Partial<FactBlock>): FactBlock | null {
  const block = { title, table: null, facts: [], groups: [], tables: [], items: [], ...parts }
  const table = block.table && isShown(block.table) ? block.table : null
  const tables = block.tables.filter(isShown)
  const content = [...(table ? [table] : []), ...block.facts, ...block.groups, ...tables, ...block.items]
  return content.length === 0 ? null : { ...block, table, tables }
}

function isShown({ columns, rows }: FactTable): boolean {
  return columns.length > 0 && rows.length > 0
}

/** The value and its remark: `5,790 (0.166 %)`. */
export function valueText({ value, remark }: Fact): string {
  return remark === undefined ? value : `${value} (${remark})`
}

/** A fact in running text: `5,790 lost (0.166 %)`, `handshake: p50 2.40 ms, p99 31.0 ms`. */
export function factText(fact: Fact): string {
  const { label, value, isCount, remark } = fact
  if (!isCount) return label === '' ? valueText(fact) : `${label}: ${valueText(fact)}`
  return `${value} ${label}${remark === undefined ? '' : ` (${remark})`}`
}
