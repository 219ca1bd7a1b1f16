/** Test support: what a hostile or damaged file may have in it, instead of what belongs there. */
const words = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'length', 'then'],
  ...['-1', '0', '-0', '1e309', '.nan', '.inf', '0x10', '1_000', '99999999999999999999', '9007199254740993'],
  ...['0s', '1h', '100000000h', '1us', '10M', '1M', '0/s', '1000000k/s', '100%', '0.0000001%', '2026-01-01'],
  ...[
    '\u001b[31mred',
    '\u001b]0;title\u0007',
    '\u009b2J',
    '\u202eevil',
    '\u2028',
    '\ufeff',
    '\ud800',
    '\0',
    '\r',
    '\u0085',
  ],
  ...[
    '::error file=x::y',
    '##[group]z',
    '💥',
    'žlutý',
    '%s%n',
    '$(id)',
    '`id`',
    '<script>',
    ']]>',
    '|',
    '&#x1b;',
  ],
  ...['{env:HOME}', '{env:NOT_SET}', '{feed:x}', '{client}', '{{payload}}', '{payload}', '{'],
  ...[
    '/dev/zero',
    '/dev/stdin',
    '/',
    '..',
    '~',
    'null',
    'true',
    '[]',
    '{}',
    '*a',
    '&a [*a]',
    '!!binary x',
    '? [a]',
    '<<',
    '---',
  ],
  ...["'", '"', '-', ':', '#', '>', '%', '@', ',', '', ' '],
] as const

const odd: readonly unknown[] = [null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, [], {}, [[]], [null], ['x']]

export type Random = () => number

export function oneOf<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!
}

/** One to four changes of a text. */
export function mutatedText(text: string, random: Random): string {
  const changes = 1 + Math.floor(random() * 4)
  let mutated = text
  for (let change = 0; change < changes; change += 1) mutated = oneOf(random, textChanges)(mutated, random)
  return mutated
}

const textChanges: readonly ((text: string, random: Random) => string)[] = [
  // A word becomes another.
  (text, random) => {
    const found = [...text.matchAll(/[^\s:,{}[\]"']+/g)]
    if (found.length === 0) return oneOf(random, words)
    const { index, 0: word } = oneOf(random, found)
    return `${text.slice(0, index)}${oneOf(random, words)}${text.slice(index + word.length)}`
  },
  (text, random) => {
    const at = Math.floor(random() * text.length)
    return `${text.slice(0, at)}${oneOf(random, words)}${text.slice(at)}`
  },
  // A long word, or a part that is there very often.
  (text, random) => {
    const at = Math.floor(random() * text.length)
    const part = text.slice(at, at + 1 + Math.floor(random() * 20))
    return `${text.slice(0, at)}${part.repeat(2 ** Math.floor(random() * 14))}${text.slice(at)}`
  },
  (text, random) => {
    const at = Math.floor(random() * text.length)
    return `${text.slice(0, at)}${String.fromCharCode(Math.floor(random() * 256))}${text.slice(at + 1)}`
  },
  (text, random) => text.slice(0, Math.floor(random() * text.length)),
  (text, random) => withLines(text, (lines) => lines.splice(Math.floor(random() * lines.length), 1)),
  (text, random) => withLines(text, (lines) => lines.push(oneOf(random, lines))),
  (text, random) =>
    withLines(text, (lines) => {
      const at = Math.floor(random() * lines.length)
      lines[at] = `${random() < 0.5 ? '  ' : '\t'}${lines[at]}`
    }),
]

function withLines(text: string, change: (lines: string[]) => unknown): string {
  const lines = text.split('\n')
  change(lines)
  return lines.join('\n')
}

/** The same data with one to three values, keys or list entries changed. */
export function mutatedData(data: unknown, random: Random): unknown {
  const changes = 1 + Math.floor(random() * 3)
  let mutated = structuredClone(data)
  for (let change = 0; change < changes; change += 1) mutated = withChange(mutated, random)
  return mutated
}

/** Goes down to a random place. */
function withChange(value: unknown, random: Random): unknown {
  const isInner = typeof value === 'object' && value !== null && Object.keys(value).length > 0
  if (!isInner || random() < 0.03) return oddValue(value, random)
  const key = oneOf(random, Object.keys(value))
  const choice = random()
  if (Array.isArray(value)) {
    const at = Number(key)
    if (choice < 0.05) return value.toSpliced(at, 1)
    if (choice < 0.1) return [...value, value[at]]
    return value.with(at, withChange(value[at], random))
  }
  const entries = Object.entries(value)
  // Unlike an assignment, this makes a key of its own of `__proto__`.
  if (choice < 0.05) return Object.fromEntries(entries.filter(([name]) => name !== key))
  if (choice < 0.15)
    return Object.fromEntries(
      entries.map(([name, inner]) => [name === key ? oneOf(random, words) : name, inner]),
    )
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, name === key ? withChange(inner, random) : inner]),
  )
}

function oddValue(value: unknown, random: Random): unknown {
  const choice = random()
  if (typeof value === 'number' && choice < 0.5) return value * oneOf(random, [-1, 0, 1e6, 1e300, 0.001])
  if (choice < 0.45) return oneOf(random, words)
  if (choice < 0.55) return oneOf(random, words).repeat(10_000)
  if (choice < 0.6) return Array.from({ length: 1_000 }, () => value)
  if (choice < 0.65) return nested(value, 2 ** Math.floor(random() * 12))
  return oneOf(random, odd)
}

function nested(value: unknown, depth: number): unknown {
  let outer = value
  for (let level = 0; level < depth; level += 1) outer = [outer]
  return outer
}
