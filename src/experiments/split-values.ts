const closers: Readonly<Record<string, string>> = { '{': '}', '[': ']', '"': '"', "'": "'" }

/**
 * Values of a comma-separated list, trimmed; commas within {}, [] and quotes are part of a value. What is left open
 * runs to the end, for YAML to complain about.
 */
export function splitValues(text: string): string[] {
  const values = ['']
  const open: string[] = []
  for (const character of text) {
    const closer = open.at(-1)
    const isQuoted = closer === '"' || closer === "'"
    if (character === closer) open.pop()
    else if (!isQuoted && character in closers) open.push(closers[character]!)
    if (character === ',' && open.length === 0) values.push('')
    else values[values.length - 1] += character
  }
  return values.map((value) => value.trim())
}
