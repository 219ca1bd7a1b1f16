import { styleText } from 'node:util'
import Table from 'cli-table3'
import { clip, widthOf, wrap } from '../base/text-width.js'
import type { RenderOptions } from './reporter.js'

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

const NARROWEST = 80
const WIDEST = 120
const INDENT = '  '
const GAP = '  '
const NARROWEST_NAME = 10

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

  /** Marks what is wrong; a count of 0 recedes. */
  count(count: number, text: string, style: Style = 'red'): string {
    return this.paint(count === 0 ? 'dim' : style, text)
  }

  heading(text: string): string {
    return this.paint('bold', text)
  }

  /** Facts one after the other, broken between them. */
  facts(facts: readonly string[]): string[] {
    const lines: string[] = []
    let line = ''
    for (const fact of facts.filter(Boolean).map((text) => clip(text, this.room))) {
      const longer = line === '' ? fact : `${line} · ${fact}`
      if (line !== '' && widthOf(longer) > this.room) {
        lines.push(line)
        line = fact
      } else line = longer
    }
    return (line === '' ? lines : [...lines, line]).map((text) => INDENT + text)
  }

  /** A paragraph behind a mark, its further lines aligned with the first. */
  item(mark: string, text: string, style?: Style): string[] {
    const lines = wrap(text, this.room - widthOf(mark) - 1)
    return lines.map((line, index) => {
      const lead = index === 0 ? mark : ' '.repeat(widthOf(mark))
      return `${INDENT}${lead} ${style ? this.paint(style, line) : line}`
    })
  }

  /**
   * A table under a head whose first cell is the block's heading. Figures stand to the right and are never cut: the
   * first column gives way.
   */
  grid(head: readonly string[], rows: readonly GridRow[]): string[] {
    const [heading = '', ...names] = head
    const nameRoom = this.nameRoom(head, rows)
    const grid = new Table({
      chars: { ...noLines, middle: GAP },
      style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
      colAligns: head.map((_, column) => (column === 0 ? 'left' : 'right')),
    })
    grid.push([this.heading(heading), ...names.map((name) => this.paint('dim', name))])
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
      .map((name, column) => widest([name, ...rows.map(({ cells }) => cells[column] ?? '')]))
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
  return Math.max(...texts.map(widthOf))
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
