/** What a server's text says, as a mapping or a list of anything; null where it is neither. */
export function readJson<Shape extends object>(text: string): Partial<Shape> | null {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' ? (value as Partial<Shape> | null) : null
  } catch {
    return null
  }
}
