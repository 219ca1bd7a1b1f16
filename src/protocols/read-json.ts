/** Parses an object or array; null if `text` is neither. */
export function readJson<Shape extends object>(text: string): Partial<Shape> | null {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' ? (value as Partial<Shape> | null) : null
  } catch {
    return null
  }
}
