/** HTML in which all that came from outside is escaped. `html` makes it. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content = Markup | string | number | null | readonly Content[]

/** A template whose values are escaped, be they text or attributes in double quotes; a list is joined, null left out. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(String.raw({ raw: parts }, ...values.map(textOf)))
}

/** Text of our own, to stand as it is: a style sheet, a script. */
export function trusted(text: string): Markup {
  return new Markup(text)
}

/** JSON that is safe within a script element: no text in it can end the element or a line. */
export function scriptJson(value: unknown): Markup {
  return trusted(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, unicodeEscape))
}

function textOf(content: Content): string {
  if (content === null) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'object') return content.map(textOf).join('')
  return String(content).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
