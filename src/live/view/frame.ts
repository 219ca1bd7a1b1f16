import {
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatMicros,
  plural,
} from '../../base/format.js'
import { clip, widthOf } from '../../base/text-width.js'
import { bar } from './bar.js'
import { eventLine, shownEvents } from './event-lines.js'
import { nodeLines } from './node-lines.js'
import { type Painter, painter } from './painter.js'
import { sparkline } from './sparkline.js'
import type { LiveSecond, LiveState } from './state.js'

export interface FrameSize {
  readonly columns: number
  readonly rows: number
  readonly color: boolean
}

const WIDEST = 160
const LABEL_COLUMNS = 11
const FIGURE_COLUMNS = 18

/**
 * The whole picture of a run: at most `rows` − 1 lines, none as wide as `columns`, without a line end at its end. What
 * matters least gives way where there is little room: blank lines, nodes and events beyond the first, then whole blocks.
 */
export function frame(state: LiveState, { columns, rows, color }: FrameSize): string {
  const paint = painter(color)
  const width = Math.max(10, Math.min(WIDEST, columns - 1))
  const room = Math.max(1, rows - 1)
  const head = [titleLine(state, width, paint), phaseLine(state, width, paint)]
  const figures = figureLines(state, width, paint)
  const tail = state.generator === null ? [] : [generatorLine(state.generator, paint)]
  const left = room - head.length - figures.length - tail.length
  const [nodeRoom, eventRoom] = share(left, state)
  const nodes = nodeLines(state.nodes, { columns: width, rows: nodeRoom, paint })
  const events = shownEvents(state.events, eventRoom).map((event) => eventLine(event, paint))
  const blocks = [head, figures, nodes, events, tail].filter((block) => block.length > 0)
  const lines = blocks.flat().length
  const blanks = Math.max(0, room - lines)
  return blocks
    .flatMap((block, index) => (index > 0 && index <= blanks ? ['', ...block] : block))
    .slice(0, room)
    .map((line) => clip(line, width))
    .join('\n')
}

/** Lines for nodes and for events: what is not needed by the ones goes to the others. */
function share(left: number, { nodes, events }: LiveState): readonly [number, number] {
  const blanks = 4
  const room = Math.max(0, left >= nodes.length + events.length + blanks ? left - blanks : left)
  const forEvents = Math.min(events.length, Math.max(Math.floor(room / 3), room - nodes.length))
  return [room - forEvents, forEvents]
}

function titleLine({ title, cluster }: LiveState, width: number, paint: Painter): string {
  const room = width - widthOf(cluster) - 2
  const name = clip(title, Math.max(10, room))
  const gap = width - widthOf(name) - widthOf(cluster)
  return gap < 2 ? paint('bold', name) : paint('bold', name) + ' '.repeat(gap) + paint('dim', cluster)
}

/** `node-kill#1  ████████░░░░  22 s of 40 s` */
function phaseLine({ phase, measured }: LiveState, width: number, paint: Painter): string {
  const name = paint('cyan', phase)
  if (measured === null) return name
  const { elapsedMs, wholeMs } = measured
  const left =
    elapsedMs < 0
      ? `measuring in ${wholeSeconds(-elapsedMs)}`
      : `${wholeSeconds(wholeMs - elapsedMs)} left of ${formatDuration(wholeMs)}`
  const room = width - Math.max(LABEL_COLUMNS, widthOf(phase)) - widthOf(left) - 4
  const gap = ' '.repeat(Math.max(2, LABEL_COLUMNS + 2 - widthOf(phase)))
  return room < 8 ? `${name}${gap}${left}` : `${name}${gap}${bar(elapsedMs / wholeMs, room, '░')}  ${left}`
}

function figureLines(state: LiveState, width: number, paint: Painter): string[] {
  const { history, progress, latency } = state
  const room = width - LABEL_COLUMNS - FIGURE_COLUMNS - 4
  const line = (label: string, figure: string, values: readonly (number | null)[]): string => {
    const strokes = sparkline(values, room)
    const struck = history.slice(-strokes.length).map(({ isAffected }) => isAffected)
    const drawn = strokes.map((stroke, index) => paint(struck[index] ? 'yellow' : 'blue', stroke)).join('')
    return `${label.padEnd(LABEL_COLUMNS)}  ${figure.padEnd(FIGURE_COLUMNS)}  ${drawn}`.trimEnd()
  }
  const of = (read: (second: LiveSecond) => number | null) => history.map(read)
  const micros = (value: number | undefined) => (value === undefined ? '–' : formatMicros(value))
  return [
    line(
      'connected',
      `${formatCount(state.connected)} of ${formatCount(state.target)}`,
      of(({ connected }) => connected),
    ),
    line(
      'sent',
      `${formatCompact(state.sentPerSecond)}/s`,
      of(({ sent }) => sent),
    ),
    line(
      'received',
      `${formatCompact(state.receivedPerSecond)}/s`,
      of(({ received }) => received),
    ),
    line(
      'p50',
      micros(latency?.p50),
      of((second) => second.latency?.p50 ?? null),
    ),
    line(
      'p99',
      micros(latency?.p99),
      of((second) => second.latency?.p99 ?? null),
    ),
    `${'so far'.padEnd(LABEL_COLUMNS)}  ${deliveries(progress, paint)}`,
  ]
}

function wholeSeconds(ms: number): string {
  return formatDuration(Math.ceil(Math.max(0, ms) / 1000) * 1000)
}

/** What did not happen is left out. */
function deliveries(progress: LiveState['progress'], paint: Painter): string {
  const { replayed, reordered, duplicates, unexpected } = progress
  const happened = [
    [replayed, 'replayed'],
    [reordered, 'reordered'],
    [duplicates, duplicates === 1 ? 'duplicate' : 'duplicates'],
    [unexpected, 'unexpected'],
  ] as const
  const others = happened
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${formatCount(count)} ${what}`)
  const words = [...missingWords(progress), ...others]
  return words.length === 0 ? paint('dim', 'nothing missing') : paint('yellow', words.join(' · '))
}

/** By the class it will be in, as far as that can be told: whether each was due is known at the end. */
function missingWords({ missing, missingAcrossDisconnects }: LiveState['progress']): string[] {
  if (missing === 0) return []
  const connected = missing - missingAcrossDisconnects
  if (connected === 0) return [`${formatCount(missing)} missing across breaks`]
  const across =
    missingAcrossDisconnects === 0 ? '' : `, ${formatCount(missingAcrossDisconnects)} across breaks`
  return [`${formatCount(connected)} missing while connected${across}`]
}

function generatorLine(generator: NonNullable<LiveState['generator']>, paint: Painter): string {
  const { workers, cpuShare, eventLoopLagP99Micros, rssBytes, strain } = generator
  const facts = [
    plural(workers, 'worker'),
    `${Math.round(cpuShare * 100)} % of a core`,
    `loop lag p99 ${formatMicros(eventLoopLagP99Micros)}`,
    formatBytes(rssBytes),
  ].join(' · ')
  const label = 'generator'.padEnd(LABEL_COLUMNS)
  return strain === null ? paint('dim', `${label}  ${facts}`) : `${label}  ${paint('red', strain)} · ${facts}`
}
