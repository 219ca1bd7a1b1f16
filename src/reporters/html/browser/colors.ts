import type { ColorName } from '../chart-spec.js'

export type StyleColor = ColorName | 'text' | 'grid' | 'shade' | 'band' | 'band-edge' | 'surface'

/** The current value in the style sheet, for a canvas. */
export function colorNow(name: StyleColor): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`)
}

/** Six-digit colours only. */
export function translucent(color: string): string {
  return `${color.trim()}26`
}
