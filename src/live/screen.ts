import { createLogUpdate } from 'log-update'
import { sumOf } from '../base/sum.js'
import { escapeReport, type TerminalOutput } from '../base/terminal-output.js'
import { widthOf } from '../base/text-width.js'

const HIDE_CURSOR = '\u001b[?25l'
const ERASE_LINE = '\u001b[2K'
const SHOW_CURSOR = '\u001b[?25h'

/**
 * The bottom of a terminal, redrawn in place. While it is open, everything else that is printed (a note, a warning, the
 * stack of a crash) appears above it. The cursor is shown again however the process ends, except by SIGKILL.
 */
export class Screen {
  readonly #update: ReturnType<typeof createLogUpdate>
  readonly #onResize = (): void => this.#resized()
  readonly #onExit = (): void => this.close()
  #lines: readonly string[] = []
  #isOpen = true

  constructor(
    readonly output: TerminalOutput,
    readonly draw: () => string,
  ) {
    const direct = { write: { value: (sequences: string) => output.draw(sequences) } }
    this.#update = createLogUpdate(Object.create(output.stream(), direct), { showCursor: true })
    output.surround((write) => this.#above(write))
    output.stream().on('resize', this.#onResize)
    process.on('exit', this.#onExit)
    output.draw(HIDE_CURSOR)
  }

  refresh(): void {
    if (!this.#isOpen) return
    const text = escapeReport(this.draw())
    const lines = text.split('\n')
    // log-update patches only texts of equal height.
    if (lines.length !== this.#lines.length && this.#lines.length > 0) this.#update.clear()
    this.#update(text)
    this.#lines = lines
  }

  /** Erases the view. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#erase()
    this.output.surround(null)
    this.output.stream().off('resize', this.#onResize)
    process.off('exit', this.#onExit)
    this.output.draw(SHOW_CURSOR)
  }

  #above(write: () => void): void {
    this.#erase()
    write()
    this.refresh()
  }

  #erase(): void {
    if (this.#lines.length > 0) this.#update.clear()
    this.#lines = []
  }

  /**
   * A terminal that became narrower has wrapped the lines again; how many there are now follows from their widths. Erased line by line:
   * what is erased all at once from the top stays in tmux's history.
   */
  #resized(): void {
    const stream = this.output.stream()
    const columns = Math.max(1, stream.columns)
    const rows = sumOf(this.#lines, (line) => Math.max(1, Math.ceil(widthOf(line) / columns)))
    const up = Math.min(rows, Math.max(0, stream.rows - 1))
    this.output.draw(`\r${ERASE_LINE}${`\u001b[1A${ERASE_LINE}`.repeat(up)}`)
    this.#update.done()
    this.#lines = []
    this.refresh()
  }
}
