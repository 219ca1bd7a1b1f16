import { escapeText } from './escape.js'

/**
 * Stdout or stderr. Everything that wsbench prints goes through one of these two objects, which escape it: text of servers,
 * scenarios and saved results reaches a terminal or a log of CI as text only, whoever forgot to escape it.
 */
export class TerminalOutput {
  #wrap: (write: () => void) => void = (write) => write()
  #lost: NodeJS.ErrnoException | null = null

  constructor(readonly stream: () => NodeJS.WriteStream) {}

  /** Lines without colours, such as a note or an error; a line end is added where there is none. */
  print(text: string): void {
    const ended = text.endsWith('\n') ? text : `${text}\n`
    this.#append(eachLine(ended, (line) => escapeLine(escapeCommand(line))))
  }

  /** A report. Colours of wsbench remain: a reporter escapes what it puts into them. */
  printReport(text: string): void {
    this.#append(escapeReport(text))
  }

  /** A report for GitHub: a line of it may be a workflow command. */
  printCommands(text: string): void {
    this.#append(eachLine(text, escapeLine))
  }

  /** Redraws the live view: control sequences of wsbench itself, as they are. */
  draw(sequences: string): void {
    this.#write(sequences)
  }

  /** Has `wrap` called with each write of a text, to erase the live view before and to draw it again after; null ends that. */
  surround(wrap: ((write: () => void) => void) | null): void {
    this.#wrap = wrap ?? ((write) => write())
  }

  /** The first error of the stream, from which on nothing is written: a terminal, a reader or a disk is gone. */
  get lost(): NodeJS.ErrnoException | null {
    return this.#lost
  }

  /** Call before anything is printed. Without it, an error of the stream ends the process. */
  surviveLoss(): void {
    this.stream().on('error', (error) => {
      this.#lost ??= error
    })
  }

  #append(text: string): void {
    if (text !== '') this.#wrap(() => this.#write(text))
  }

  /** The only place that writes to a terminal. */
  #write(text: string): void {
    if (this.#lost !== null) return
    try {
      this.stream().write(text)
    } catch (error) {
      // Files and devices are written to at once, and throw.
      this.#lost = error as NodeJS.ErrnoException
    }
  }
}

export const stdout = new TerminalOutput(() => process.stdout)
export const stderr = new TerminalOutput(() => process.stderr)

const ownColors = /(\u001b\[[0-9;]*m)/

/** Text that may have colours of wsbench, with everything else that is not printable escaped. */
export function escapeReport(text: string): string {
  return eachLine(text, (line) => escapeUncolored(escapeCommand(line)))
}

/** `change` gets each line without its end, LF or CRLF. */
function eachLine(text: string, change: (line: string) => string): string {
  const parts = text.split(/(\r?\n)/)
  return parts.map((part, index) => (index % 2 === 0 ? change(part) : part)).join('')
}

/** Tabs are harmless. */
function escapeLine(line: string): string {
  return line.split('\t').map(escapeText).join('\t')
}

/** What is between two colours has an even index. */
function escapeUncolored(line: string): string {
  return line
    .split(ownColors)
    .map((part, index) => (index % 2 === 0 ? escapeLine(part) : part))
    .join('')
}

/** GitHub Actions takes `::…` at the start of a line, and `##[…` anywhere, for commands. */
function escapeCommand(line: string): string {
  if (process.env.GITHUB_ACTIONS !== 'true') return line
  return line.replace(/^(\s*):(?=:)/, '$1\\u{3a}').replaceAll('##[', '\\u{23}#[')
}
