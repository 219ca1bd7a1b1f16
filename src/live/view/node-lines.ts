import { formatCount, plural } from '../../base/format.js'
import { widthOf } from '../../base/text-width.js'
import { bar, type Painter } from './draw.js'
import type { LiveNode } from './state.js'

export interface NodeRoom {
  readonly columns: number
  readonly rows: number
  readonly paint: Painter
}

const NARROWEST_CELL = 24
const WIDEST_BAR = 48
const GAP = 2

/** Connections of each node as bars, side by side if there are many; the last line says how many more there are. */
export function nodeLines(nodes: readonly LiveNode[], { columns, rows, paint }: NodeRoom): string[] {
  if (rows < 1 || nodes.length === 0) return []
  const most = Math.max(1, Math.floor((columns + GAP) / (NARROWEST_CELL + GAP)))
  const across = Math.min(most, Math.ceil(nodes.length / rows))
  const isTooMany = nodes.length > across * rows
  const down = isTooMany ? rows - 1 : Math.ceil(nodes.length / across)
  const shown = nodes.slice(0, across * down)
  const cellColumns = Math.floor((columns + GAP) / across) - GAP
  const highest = Math.max(1, ...nodes.map(({ connected }) => connected))
  const idColumns = Math.max(...shown.map(({ id }) => widthOf(id)))
  const countColumns = formatCount(highest).length
  const barColumns = Math.min(WIDEST_BAR, cellColumns - idColumns - countColumns - 2 * GAP)
  const cells = shown.map(({ id, connected, state, affectedBy }) => {
    const filled = paint('green', bar(connected / highest, Math.max(0, barColumns)))
    const text = `${id.padEnd(idColumns)}  ${filled}  ${formatCount(connected).padStart(countColumns)}`
    const notes = [state === 'up' ? null : state, affectedBy].filter((note) => note !== null)
    return across > 1 || notes.length === 0 ? text : `${text}  ${paint('yellow', notes.join(', '))}`
  })
  const lines = Array.from({ length: down }, (_, row) =>
    cells.filter((_cell, index) => index % down === row).join(' '.repeat(GAP)),
  )
  return isTooMany
    ? [...lines, paint('dim', `and ${plural(nodes.length - shown.length, 'more node')}`)]
    : lines
}
