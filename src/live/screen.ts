import { createLogUpdate } from 'log-update'
import { sumOf } from '../base/sum.js'
import { widthOf } from '../base/text-width.js'

const HIDE_CURSOR = '\u001b[?25l'
const ERASE_LINE = '\u001b[2K'
const SHOW_CURSOR = '\u001b[?25h'

/**
 * The bottom of a terminal, redrawn in place. While it is open, everything else that this process writes to the stream (a
 * note, a warning, the stack of a crash) appears above it. The cursor is shown again however the process ends, except by
 * SIGKILL.
 */
export class Screen {
  readonly #write: NodeJS.WriteStream['write']
  readonly #update: ReturnType<typeof createLogUpdate>
  readonly #onResize = (): void => this.#resized()
  readonly #onExit = (): void => this.close()
  #lines: readonly string[] = []
  #isOpen = true

  constructor(
    readonly stream: NodeJS.WriteStream,
    readonly draw: () => string,
  ) {
    this.#write = stream.write
    const direct = Object.create(stream, { write: { value: this.#write.bind(stream) } })
    this.#update = createLogUpdate(direct, { showCursor: true })
    stream.write = ((...written: Parameters<typeof stream.write>) =>
      this.#above(written)) as typeof stream.write
    stream.on('resize', this.#onResize)
    process.on('exit', this.#onExit)
    this.#write.call(stream, HIDE_CURSOR)
  }

  refresh(): void {
    if (!this.#isOpen) return
    const text = this.draw()
    const lines = text.split('\n')
    // log-update patches only texts of equal height.
    if (lines.length !== this.#lines.length && this.#lines.length > 0) this.#update.clear()
    this.#update(text)
    this.#lines = lines
  }

  /** Erases the view and restores the stream. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#erase()
    this.stream.write = this.#write
    this.stream.off('resize', this.#onResize)
    process.off('exit', this.#onExit)
    this.#write.call(this.stream, SHOW_CURSOR)
  }

  #above(written: Parameters<NodeJS.WriteStream['write']>): boolean {
    this.#erase()
    const isWritten = this.#write.apply(this.stream, written)
    const [text] = written
    if (!String(text).endsWith('\n')) this.#write.call(this.stream, '\n')
    this.refresh()
    return isWritten
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
    const columns = Math.max(1, this.stream.columns)
    const rows = sumOf(this.#lines, (line) => Math.max(1, Math.ceil(widthOf(line) / columns)))
    const up = Math.min(rows, Math.max(0, this.stream.rows - 1))
    this.#write.call(this.stream, `\r${ERASE_LINE}${`\u001b[1A${ERASE_LINE}`.repeat(up)}`)
    this.#update.done()
    this.#lines = []
    this.refresh()
  }
}
