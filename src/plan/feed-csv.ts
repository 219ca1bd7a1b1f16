import { setupError, type WsbenchError } from '../base/errors.js'

const delimiters = [
  { character: ',', noun: 'comma' },
  { character: ';', noun: 'semicolon' },
  { character: '\t', noun: 'tab' },
] as const

type Delimiter = (typeof delimiters)[number]

interface CsvRecord {
  readonly line: number
  readonly values: readonly string[]
}

/** RFC 4180, with the delimiter that the header line has most, and line ends of any system. */
export function rowsOfCsv(text: string, file: string): Record<string, string>[] {
  const delimiter = delimiterOf(text)
  const [head, ...rows] = recordsOf(text, delimiter, file)
  const names = head?.values.map((name) => name.trim()) ?? []
  const twice = names.findIndex((name, column) => name !== '' && names.indexOf(name) < column)
  if (twice >= 0) {
    const both = `columns ${names.indexOf(names[twice]!) + 1} and ${twice + 1}`
    throw csvError(file, head!.line, `${both} have the same name`, 'give each column a name of its own')
  }
  return rows.map(({ line, values }) => {
    if (values.length !== names.length) {
      const what = `${values.length} values for ${names.length} columns`
      throw csvError(file, line, what, hintOf(names, delimiter))
    }
    return Object.fromEntries(names.map((name, column) => [name, values[column]!]))
  })
}

function hintOf([first = '']: readonly string[], { noun }: Delimiter): string {
  if (first.startsWith('#')) return 'line 1 must be the header: remove the comment'
  return `put a value that contains a ${noun} in quotes`
}

function delimiterOf(text: string): Delimiter {
  const header = /[^\r\n]+/.exec(text)?.[0].replaceAll(/"[^"]*"/g, '') ?? ''
  const countOf = ({ character }: Delimiter) => header.split(character).length
  return delimiters.reduce((best, other) => (countOf(other) > countOf(best) ? other : best))
}

/** Blank lines are skipped. */
function recordsOf(text: string, { character }: Delimiter, file: string): CsvRecord[] {
  const found: CsvRecord[] = []
  const value = new RegExp(
    `(?:"([^"]*(?:""[^"]*)*)"|([^"${character}\\r\\n]*))(${character}|\\r\\n|\\n|\\r|$)`,
    'y',
  )
  let values: string[] = []
  let line = 1
  let startLine = line
  for (let isAtEnd = false; !isAtEnd; ) {
    const start = value.lastIndex
    const [whole, quoted, plain = '', end] = value.exec(text) ?? badQuote(text.slice(start), file, line)
    values.push(quoted?.replaceAll('""', '"') ?? plain)
    line += whole.split(/\r\n|\n|\r/).length - 1
    isAtEnd = end === ''
    if (end === character) continue
    if (values.length > 1 || values[0] !== '') found.push({ line: startLine, values })
    values = []
    startLine = line
  }
  return found
}

/** `rest` begins with a value that is not as RFC 4180 §2 has it. */
function badQuote(rest: string, file: string, line: number): never {
  const [, what, hint] = badQuotes.find(([form]) => form.test(rest))!
  throw csvError(file, line, what, hint)
}

const badQuotes = [
  [/^[ \t]+"/, 'a space stands before a quote', 'remove the space'],
  [/^"[^"]*(?:""[^"]*)*"[ \t]/, 'a space stands after a quote that ends a value', 'remove the space'],
  [/^"[^"]*(?:""[^"]*)*"/, 'text stands after a quote that ends a value', 'double a quote inside a value'],
  [/^"/, 'a quote is not closed', 'close it, or double a quote inside a value'],
  [
    /^/,
    'a quote stands in a value that is not in quotes',
    'put the value in quotes, and double the quote inside it',
  ],
] as const

function csvError(file: string, line: number, what: string, hint: string): WsbenchError {
  return setupError(`feed ${file}, line ${line}: ${what}`, hint)
}
