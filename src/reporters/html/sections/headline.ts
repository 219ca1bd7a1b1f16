import { formatCount, formatMicros, formatShare, plural } from '../../../base/format.js'
import { sumOf } from '../../../base/sum.js'
import { figures } from '../../../results/comparison/figures.js'
import { losses } from '../../../results/delivery/types.js'
import type { Result } from '../../../results/result.js'
import { ratioText } from '../../facts/balance.js'
import { lossBoundWords, lossColumns } from '../../facts/deliveries.js'
import type { Fact } from '../../facts/fact.js'
import { availabilityShare } from '../../wording.js'
import { html, type Markup } from '../markup.js'

/** The figures people ask for first. */
export function headline(result: Result): Markup {
  const tiles = [
    availabilityTile(result),
    lostTile(result),
    ...latencyTiles(result),
    ...recoveryTiles(result),
    ...balanceTiles(result),
  ]
  return html`<section class="tiles" aria-label="Headline figures">${tiles.map(tileMarkup)}</section>`
}

function tileMarkup({ label, value, remark, tone }: Fact): Markup {
  return html`<div class="tile ${tone ?? ''}"><h2>${label}</h2><p class="figure">${value}</p><p>${remark ?? null}</p></div>\n`
}

function availabilityTile({ delivery }: Result): Fact {
  const { availability, planned, unpublished, neverSubscribed } = delivery
  const label = 'Availability'
  if (availability === null) return { label, value: '–', remark: 'nothing planned', tone: 'bad' }
  const remark = [
    `of ${formatCount(planned)} planned deliveries`,
    ...(unpublished > 0 ? [`${formatCount(unpublished)} unpublished`] : []),
    ...(neverSubscribed > 0 ? [`${formatCount(neverSubscribed)} never subscribed`] : []),
  ].join(' · ')
  return {
    label,
    value: availabilityShare(availability),
    remark,
    ...(availability === 1 && { tone: 'good' }),
  }
}

function lostTile({ delivery }: Result): Fact {
  const { due, lost } = delivery
  const of = `of ${formatCount(due)} deliveries due`
  if (lost === 0) {
    const remark = [of, lossBoundWords(delivery)].filter((words) => words !== null).join(' · ')
    return { label: 'Lost', value: '0', remark, ...(due > 0 && { tone: 'good' }) }
  }
  const classes = losses.filter((name) => delivery[name] > 0)
  const byClass = classes
    .map((name) => `${formatCount(delivery[name])} ${lossColumns[name].label}`)
    .join(', ')
  const remark = `${formatShare(lost / due)} ${of} · ${byClass}`
  return { label: 'Lost', value: formatCount(lost), remark, tone: 'bad' }
}

function latencyTiles({ latency: { fromPlannedSend } }: Result): Fact[] {
  if (fromPlannedSend.count === 0) return []
  const { p50, p99, p999, max } = fromPlannedSend
  return [
    {
      label: 'Latency p99',
      value: formatMicros(p99),
      remark: `from planned send · p50 ${formatMicros(p50)} · p99.9 ${formatMicros(p999)} · max ${formatMicros(max)}`,
    },
  ]
}

function recoveryTiles(result: Result): Fact[] {
  const p95 = figures.recoveryP95.read(result)
  if (p95 === null) return []
  const disconnected = sumOf(result.events, ({ affectedClients }) => affectedClients)
  const reconnected = sumOf(result.events, ({ recovery }) => recovery.recovered)
  const missing = disconnected - reconnected
  const rest = missing === 0 ? 'all reconnected' : `${formatCount(missing)} never reconnected`
  return [
    {
      label: 'Recovery p95',
      value: Number.isFinite(p95) ? formatMicros(p95) : 'never',
      remark: `downtime in the worst event · ${plural(disconnected, 'client')} disconnected, ${rest}`,
      ...(missing > 0 && { tone: 'bad' }),
    },
  ]
}

function balanceTiles({ balance }: Result): Fact[] {
  const ratio = balance.end?.maxOverMean ?? null
  if (ratio === null) return []
  return [{ label: 'Balance', value: ratioText(ratio), remark: 'fullest node over the mean, at the end' }]
}
