import { formatCount, formatDuration, formatMicros, formatShare, plural } from '../../../base/format.js'
import { entry } from '../../../base/records.js'
import { losses } from '../../../results/delivery/types.js'
import { decodeHistogram } from '../../../results/latency/histogram.js'
import type { EventResult, Result } from '../../../results/result.js'
import { lossNames } from '../../losing-causes.js'
import type { ChartSpec } from '../chart-spec.js'
import { dataTable, factList, inLine } from '../data-table.js'
import { chartFigure, type Section } from '../figure.js'
import { html, type Markup } from '../markup.js'

const STEPS = 60
const NOTHING = '–'

/** A card an event: whom it hit, what that cost, how they came back, where the connections were before and after. */
export function eventsSection(result: Result): Section | null {
  if (result.events.length === 0) return null
  const cards = result.events.map((event, index) => ({
    event,
    number: index + 1,
    chart: recoveryChart(event, `chart-recovery-${index + 1}`),
  }))
  return {
    id: 'events',
    title: 'Events',
    charts: cards.flatMap(({ chart }) => chart ?? []),
    body: html`${cards.map(
      ({ event, number, chart }) => html`<article class="card" id="event-${number}">
<h3><b class="number">${number}</b> ${event.id}</h3>
${event.failure === null ? null : html`<p class="notice"><b>It failed.</b> ${event.failure}</p>`}
<div class="columns"><div>${factList(factsOf(event, result))}</div>
<div>${chart ? chartFigure(chart, 'Back', 'share of those cut off, by how long they were down') : null}</div></div>
${balanceTable(event, result)}
</article>\n`,
    )}`,
  }
}

function factsOf(event: EventResult, { latency, delivery, cluster }: Result): Fact[] {
  const { recovery, affectedClients, targets } = event
  const steady = entry(latency.byPhase, 'steady')
  const own = entry(latency.byPhase, event.id)
  const downtime = recovery.downtimeMicros
  const tookMs = event.finishedAtMs - event.startedAtMs
  const lastOnTarget = event.lastConnectionOnTargetMs
  return [
    [
      'When',
      `${formatDuration(event.startedAtMs)}, took ${tookMs < 1000 ? formatMicros(tookMs * 1000) : formatDuration(tookMs)}`,
    ],
    ...only(
      targets.length > 0,
      'Whom',
      targets.length === cluster.nodes.length ? `all ${targets.length} nodes` : targets.join(', '),
    ),
    [
      'Cut off',
      affectedClients === 0
        ? 'nobody'
        : html`${plural(affectedClients, 'connection')}, ${backWords(affectedClients, recovery.recovered)}`,
    ],
    ['Lost', lostWords(event, delivery)],
    ...only(event.replayed > 0, 'Replayed', `${formatCount(event.replayed)} in its phase`),
    ...only(
      downtime.count > 0,
      'Down',
      inLine([
        `p50 ${formatMicros(downtime.p50)}`,
        `p95 ${formatMicros(downtime.p95)}`,
        `p99 ${formatMicros(downtime.p99)}`,
        `max ${formatMicros(downtime.max)}`,
      ]),
    ),
    ...only(
      affectedClients > 0,
      'Since it began',
      `95 % back after ${spanOrNever(recovery.timeTo95Ms)}, all after ${spanOrNever(recovery.timeTo100Ms)}`,
    ),
    ...only(
      event.peakReconnectsPerSecond > 0,
      'Reconnects',
      `at most ${formatCount(event.peakReconnectsPerSecond)} in a second`,
    ),
    ...only(
      own !== undefined && own.count > 0,
      'Latency',
      inLine([
        `p50 ${formatMicros(own?.p50 ?? 0)}`,
        `p99 ${formatMicros(own?.p99 ?? 0)}`,
        ...(steady && steady.count > 0
          ? [`steady p50 ${formatMicros(steady.p50)}, p99 ${formatMicros(steady.p99)}`]
          : []),
      ]),
    ),
    ...only(
      lastOnTarget !== null,
      'Last connection',
      `on ${targets.length === 1 ? 'it' : 'one of them'} at ${formatDuration(lastOnTarget ?? 0)}`,
    ),
  ]
}

type Fact = [string, string | Markup]

function only(isSo: boolean, name: string, text: Fact[1]): Fact[] {
  return isSo ? [[name, text]] : []
}

function backWords(affected: number, recovered: number): Markup {
  const missing = affected - recovered
  return missing === 0 ? html`all back` : html`<span class="bad">${formatCount(missing)} never back</span>`
}

function lostWords({ id, lost }: EventResult, { byCause, due }: Result['delivery']): string | Markup {
  const counts = entry(byCause, id)
  if (lost === 0 || !counts) return 'nothing'
  const byClass = losses
    .filter((name) => counts[name] > 0)
    .map((name) => `${formatCount(counts[name])} ${lossNames[name]}`)
  return html`<span class="bad">${formatCount(lost)}</span> (${formatShare(lost / due)} of all due): ${byClass.join(', ')}`
}

function spanOrNever(ms: number | null): string {
  return ms === null ? 'never' : formatMicros(ms * 1000)
}

/** Who was back after how long: a curve that ends below 1 tells of those who never were. Null: nobody was. */
function recoveryChart({ affectedClients, recovery }: EventResult, id: string): ChartSpec | null {
  if (affectedClients === 0 || recovery.recovered === 0) return null
  const histogram = decodeHistogram(recovery.downtimeMicros.histogram)
  const shares = Array.from({ length: STEPS }, (_, index) => (index + 1) / STEPS)
  const reached = recovery.recovered / affectedClients
  return {
    id,
    axis: 'micros',
    unit: 'share',
    isLog: false,
    heightPx: 170,
    x: [
      0,
      ...shares.map((share) => Math.min(histogram.getValueAtPercentile(share * 100), histogram.maxValue)),
    ],
    series: [
      { label: 'back', color: 'green', look: 'area', values: [0, ...shares.map((share) => share * reached)] },
    ],
  }
}

/** As it began, and as the next one did or the run ended. */
function balanceTable({ id }: EventResult, { balance, events, cluster }: Result): Markup | null {
  const before = entry(balance, id)
  const next = events[events.findIndex((event) => event.id === id) + 1]
  const after = entry(balance, next?.id ?? 'end')
  if (!before || !after) return null
  const rows = [
    { name: 'before', balance: before },
    { name: next ? `by ${formatDuration(next.startedAtMs)}` : 'at the end', balance: after },
  ]
  return dataTable(
    ['Connections', ...cluster.nodes, 'max/mean'],
    rows.map((row) => ({
      name: row.name,
      cells: [
        ...cluster.nodes.map((node) => {
          const count = entry(row.balance.perNode, node)
          return count === undefined ? NOTHING : formatCount(count)
        }),
        row.balance.maxOverMean?.toFixed(2) ?? NOTHING,
      ],
    })),
  )
}
