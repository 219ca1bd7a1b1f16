import {
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatMicros,
  plural,
} from '../../base/format.js'
import { sparkline } from '../../base/sparkline.js'
import { clip, widthOf } from '../../base/text-width.js'
import { bar, type Painter, painter, wholeSeconds } from './draw.js'
import { eventLine, shownEvents } from './event-lines.js'
import { nodeLines } from './node-lines.js'
import type { LiveSecond, LiveState } from './state.js'

export interface FrameSize {
  readonly columns: number
  readonly rows: number
  readonly color: boolean
}

const WIDEST = 160
const LABEL_COLUMNS = 12
const FIGURE_COLUMNS = 18

/**
 * The live view: at most `rows` − 1 lines, each narrower than `columns`, without a line end at its end. Where there is
 * little room, blank lines are left out first, then nodes and events beyond the first, then whole blocks.
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

/** The live view as one line, for a log. */
export function plainLine(state: LiveState): string {
  const { phase, latency, progress, measured, generator } = state
  const left = measured === null ? '' : ` ${wholeSeconds(measured.wholeMs - measured.elapsedMs)} left`
  const latest = state.events.findLast(({ inMs }) => inMs <= 0)
  return [
    `${phase}${left}`,
    `${formatCount(state.connected)} of ${formatCount(state.target)} connected`,
    `sent ${formatCompact(state.sentPerSecond)}/s`,
    `received ${formatCompact(state.receivedPerSecond)}/s`,
    ...(latency === null ? [] : [`p50 ${formatMicros(latency.p50)}, p99 ${formatMicros(latency.p99)}`]),
    ...(state.availability === null ? [] : [`availability ${availabilityWord(state)}`]),
    ...(progress.missing === 0 ? [] : [`missing (pending) ${formatCount(progress.missing)}`]),
    ...(latest ? [`${latest.id} ${wholeSeconds(-latest.inMs)} ago`] : []),
    ...(generator?.overload ? [generator.overload] : []),
  ].join(' · ')
}

/** Lines for nodes and for events: what the ones don't need, the others get. */
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
  const { history, latency } = state
  const room = width - LABEL_COLUMNS - FIGURE_COLUMNS - 4
  const line = (label: string, figure: string, read: (second: LiveSecond) => number | null): string => {
    const strokes = sparkline(history.map(read), room)
    const shown = history.slice(-strokes.length)
    const drawn = strokes.map((stroke, index) => paint(shown[index]?.isAffected ? 'yellow' : 'blue', stroke))
    return `${label.padEnd(LABEL_COLUMNS)}  ${figure.padEnd(FIGURE_COLUMNS)}  ${drawn.join('')}`.trimEnd()
  }
  const micros = (value: number | undefined) => (value === undefined ? '–' : formatMicros(value))
  return [
    line(
      'connected',
      `${formatCount(state.connected)} of ${formatCount(state.target)}`,
      ({ connected }) => connected,
    ),
    line('sent', `${formatCompact(state.sentPerSecond)}/s`, ({ sent }) => sent),
    line('received', `${formatCompact(state.receivedPerSecond)}/s`, ({ received }) => received),
    line('p50', micros(latency?.p50), (second) => second.latency?.p50 ?? null),
    line('p99', micros(latency?.p99), (second) => second.latency?.p99 ?? null),
    `${'availability'.padEnd(LABEL_COLUMNS)}  ${availabilityWord(state)}`,
    `${'deliveries'.padEnd(LABEL_COLUMNS)}  ${deliveries(state.progress, paint)}`,
  ]
}

/** Only what there is. */
function deliveries(progress: LiveState['progress'], paint: Painter): string {
  const { replayed, reordered, duplicates, unexpected } = progress
  const others = [
    [replayed, 'replayed'],
    [reordered, 'reordered'],
    [duplicates, duplicates === 1 ? 'duplicate' : 'duplicates'],
    [unexpected, 'unexpected'],
  ] as const
  const words = others.filter(([count]) => count > 0).map(([count, what]) => `${formatCount(count)} ${what}`)
  if (progress.missing > 0) words.unshift(missingWords(progress))
  return words.length === 0 ? paint('dim', 'nothing missing') : paint('yellow', words.join(' · '))
}

/** `99.8 %`, never rounded up to 100 %. */
function availabilityWord({ availability }: LiveState): string {
  return availability === null ? '–' : `${Math.floor(availability * 1000) / 10} %`
}

/** Whether each of them was due is known only at the end. */
function missingWords({ missing, missingAcrossDisconnects }: LiveState['progress']): string {
  const words = `missing (pending) ${formatCount(missing)}`
  if (missingAcrossDisconnects === 0) return words
  const share = missingAcrossDisconnects === missing ? 'all' : formatCount(missingAcrossDisconnects)
  return `${words} (${share} across disconnects)`
}

function generatorLine(generator: NonNullable<LiveState['generator']>, paint: Painter): string {
  const { workers, cpuShare, eventLoopLagP99Micros, rssBytes, overload } = generator
  const facts = [
    plural(workers, 'worker'),
    `${Math.round(cpuShare * 100)} % of a core`,
    `event-loop lag p99 ${formatMicros(eventLoopLagP99Micros)}`,
    formatBytes(rssBytes),
  ].join(' · ')
  const label = 'generator'.padEnd(LABEL_COLUMNS)
  return overload === null
    ? paint('dim', `${label}  ${facts}`)
    : `${label}  ${paint('red', overload)} · ${facts}`
}
