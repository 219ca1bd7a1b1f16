import type { Template } from './template.js'

/** A text frame that is being read. Its JSON is parsed once, when a pattern first needs it. */
export class Frame {
  #json: unknown
  #isParsed = false

  constructor(readonly text: string) {}

  /** Undefined if it is not JSON. */
  get json(): unknown {
    if (!this.#isParsed) this.#json = parsed(this.text)
    this.#isParsed = true
    return this.#json
  }
}

/** Null: the frame does not match. Else what stands in place of `{sequence}` or `{id}`; empty if the pattern has neither. */
export type Pattern = (frame: Frame) => string | null

/**
 * What a frame must have. A string: this text, as whole words (`room-1` is not in `room-10`). A mapping: all its fields, at any depth;
 * the frame may have more. A list: its first entries. `{any}` is any text, or any value but null and false.
 */
export function patternOf(template: Template): Pattern {
  if (typeof template !== 'string') {
    const matches = valuePattern(template)
    return ({ json }) => matches(json)
  }
  const expression = new RegExp(sourceOf(template) + (/[\w-]$/.test(template) ? '(?![\\w-])' : ''), 's')
  return ({ text }) => captured(expression, text)
}

type ValuePattern = (value: unknown) => string | null

function valuePattern(template: Template): ValuePattern {
  if (typeof template === 'string') return textPattern(template)
  if (typeof template !== 'object' || template === null) return (value) => (value === template ? '' : null)
  const parts = Object.entries(template).map(([key, part]) => [key, valuePattern(part as Template)] as const)
  return (value) => {
    if (typeof value !== 'object' || value === null) return null
    if (Array.isArray(template) !== Array.isArray(value)) return null
    let found = ''
    for (const [key, matches] of parts) {
      const part = matches(Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined)
      if (part === null) return null
      found ||= part
    }
    return found
  }
}

/** Servers may send as a number what a template has as text. */
function textPattern(template: string): ValuePattern {
  if (template === '{any}')
    return (value) => (value === undefined || value === null || value === false ? null : '')
  const expression = new RegExp(`^${sourceOf(template)}$`, 's')
  return (value) =>
    typeof value === 'string' || typeof value === 'number' ? captured(expression, String(value)) : null
}

function captured(expression: RegExp, text: string): string | null {
  const match = expression.exec(text)
  return match === null ? null : (match[1] ?? '')
}

const sources: Readonly<Record<string, string>> = {
  '{any}': '.*?',
  '{sequence}': '(\\d{1,15})',
  '{id}': '([\\w-]{1,128})',
}

function sourceOf(template: string): string {
  return template
    .split(/(\{(?:any|sequence|id)\})/)
    .map((part) => sources[part] ?? part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('')
}

/** The value at `a.b[0].c` as text; undefined if there is none, or if it is a mapping or a list. */
export function valueAt(json: unknown, path: string): string | undefined {
  let value = json
  for (const key of path.split(/[.[\]]+/).filter(Boolean)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = Reflect.get(value, key)
  }
  return typeof value === 'object' || value === undefined ? undefined : String(value)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
