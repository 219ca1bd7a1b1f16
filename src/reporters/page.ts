import { styleText } from 'node:util'
import Table from 'cli-table3'
import { clip, widthOf, wrap } from '../base/text-width.js'
import type { FactTable, Tone } from './facts/fact.js'
import type { RenderOptions } from './reporter.js'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

const toneStyles: Readonly<Record<Tone, Style>> = { good: 'green', bad: 'red', doubt: 'yellow', quiet: 'dim' }

const NARROWEST = 80
const WIDEST = 120
const INDENT = '  '
const GAP = '  '
const NARROWEST_NAME = 10
const NARROWEST_HEAD = 9
/** Room that a name may take from columns that can be left out. */
const WIDEST_NAME = 24
/** Rows of a table; result.json has all of them. */
const MOST_ROWS = 20

/** A terminal page of a width: blocks of lines, none of them wider. */
export class Page {
  readonly columns: number
  readonly #color: boolean

  constructor({ columns, color }: RenderOptions) {
    this.columns = Math.min(WIDEST, Math.max(NARROWEST, columns))
    this.#color = color
  }

  /** Columns left beside the indent. */
  get room(): number {
    return this.columns - INDENT.length
  }

  paint(style: Style, text: string): string {
    if (!this.#color) return text
    // The caller decides on colour, not the stream that styleText would look at.
    return styleText(style, text, { validateStream: false })
  }

  tint(tone: Tone | undefined, text: string): string {
    return tone === undefined ? text : this.paint(toneStyles[tone], text)
  }

  heading(text: string): string {
    return this.paint('bold', text)
  }

  /**
   * Texts one after the other, broken between them; only one that is wider than the page is broken itself. Further lines
   * start with `hang`.
   */
  run(texts: readonly { readonly text: string; readonly tone?: Tone }[], hang = ''): string[] {
    const lines: string[] = []
    let line = ''
    for (const { text, tone } of texts) {
      for (const piece of wrap(text, this.room - hang.length).map((own) => this.tint(tone, own))) {
        const longer = `${line} · ${piece}`
        if (line !== '' && widthOf(longer) <= this.room - hang.length) line = longer
        else {
          if (line !== '') lines.push(line)
          line = piece
        }
      }
    }
    return (line === '' ? lines : [...lines, line]).map(
      (text, index) => INDENT + (index > 0 ? hang : '') + text,
    )
  }

  /** The same, all texts in one tone; empty ones are left out. */
  facts(texts: readonly string[], tone?: Tone): string[] {
    return this.run(texts.filter(Boolean).map((text) => ({ text, ...(tone && { tone }) })))
  }

  /** A paragraph after a mark, its further lines aligned with the first. */
  item(mark: string, text: string, style?: Style): string[] {
    const lines = wrap(text, this.room - widthOf(mark) - 1)
    return lines.map((line, index) => {
      const lead = index === 0 ? mark : ' '.repeat(widthOf(mark))
      return `${INDENT}${lead} ${style ? this.paint(style, line) : line}`
    })
  }

  /** Where there is little room, heads are broken into lines, and columns with a rank left out. */
  table({ title, columns, rows }: FactTable): string[] {
    const names = rows.map(({ name, isQuiet }) => (isQuiet ? `· ${name}` : name))
    const nameWidth = Math.min(WIDEST_NAME, widest(names)) + INDENT.length
    const room = this.columns - Math.max(nameWidth, widthOf(title))
    const all = columns.map(({ label, rank }, index) => {
      const cellWidth = widest(rows.map(({ cells }) => cells[index]!.value))
      return { index, rank, cellWidth, label, broken: broken(label, cellWidth) }
    })
    const fits = (some: typeof all, head: 'label' | 'broken') => {
      const widths = some.map((column) => Math.max(column.cellWidth, widest(column[head].split('\n'))))
      return widths.reduce((sum, width) => sum + GAP.length + width, 0) <= room
    }
    let shown = all.filter(({ rank }) => rank === undefined)
    for (const more of [1, 2]) {
      const wider = all.filter((column) => shown.includes(column) || column.rank === more)
      if (fits(wider, 'broken')) shown = wider
    }
    const head = fits(shown, 'label') ? 'label' : 'broken'
    const gridRows = rows.map(({ cells, isQuiet = false }, row) => ({
      name: names[row]!,
      cells: shown.map(({ index }) => this.tint(cells[index]!.tone, cells[index]!.value)),
      isQuiet,
    }))
    return [
      ...this.grid([title, ...shown.map((column) => column[head])], gridRows.slice(0, MOST_ROWS)),
      ...this.facts(rows.length > MOST_ROWS ? [`and ${rows.length - MOST_ROWS} more`] : [], 'quiet'),
    ]
  }

  /**
   * Cells under a head whose first cell is the block's heading. Figures are right-aligned and never cut: the
   * first column is.
   */
  grid(head: readonly string[], rows: readonly GridRow[]): string[] {
    const [heading = '', ...names] = head
    const nameRoom = this.nameRoom(head, rows)
    const grid = new Table({
      chars: { ...noLines, middle: GAP },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    })
    const heads = [this.heading(heading), ...names.map((name) => this.paint('dim', name))]
    grid.push(heads.map((content) => ({ content, vAlign: 'bottom' })))
    for (const { name, cells, isQuiet } of rows) {
      const texts = [INDENT + clip(name, nameRoom), ...cells]
      grid.push(isQuiet ? texts.map((text) => this.paint('dim', text)) : texts)
    }
    return grid
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
  }

  /** Columns that a grid leaves for the names of its rows; longer ones are cut. */
  nameRoom(head: readonly string[], rows: readonly GridRow[]): number {
    const widths = head
      .slice(1)
      .map((name, column) => widest([...name.split('\n'), ...rows.map(({ cells }) => cells[column] ?? '')]))
    const figuresWidth = widths.reduce((sum, width) => sum + GAP.length + width, 0)
    return Math.max(NARROWEST_NAME, this.room - figuresWidth)
  }
}

export interface GridRow {
  /** Not coloured. */
  readonly name: string
  readonly cells: readonly string[]
  readonly isQuiet?: boolean
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(widthOf))
}

/** A head in lines, as narrow as its words and the cells below allow. */
function broken(label: string, cellWidth: number): string {
  return wrap(label, Math.max(NARROWEST_HEAD, cellWidth, widest(label.split(' ')))).join('\n')
}

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
}
