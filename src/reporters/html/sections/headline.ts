import { figures } from '../../../results/comparison/figures.js'
import { losses } from '../../../results/delivery/types.js'
import type { Result } from '../../../results/result.js'
import { formatCount, formatMicros, formatShare, plural } from '../../format.js'
import { lossBoundWords, lossNames } from '../../losing-causes.js'
import { inLine } from '../data-table.js'
import { type Content, html, type Markup } from '../markup.js'

interface Tile {
  readonly name: string
  readonly figure: string
  readonly remark: Content
  readonly tone?: 'good' | 'bad'
}

/** The figures people ask for first. */
export function headline(result: Result): Markup {
  const tiles = [lostTile(result), ...latencyTiles(result), ...recoveryTiles(result), ...balanceTiles(result)]
  return html`<section class="tiles" aria-label="Headline figures">${tiles.map(tileMarkup)}</section>`
}

function tileMarkup({ name, figure, remark, tone }: Tile): Markup {
  return html`<div class="tile ${tone ?? ''}"><h2>${name}</h2><p class="figure">${figure}</p><p>${remark}</p></div>\n`
}

function lostTile({ delivery }: Result): Tile {
  const { due, lost } = delivery
  const of = `of ${formatCount(due)} deliveries due`
  if (lost === 0) {
    const remark = [of, lossBoundWords(delivery)].filter((words) => words !== null).join(' · ')
    return { name: 'Lost', figure: '0', remark, ...(due > 0 ? { tone: 'good' } : {}) }
  }
  const classes = losses.filter((name) => delivery[name] > 0)
  const byClass = classes.map((name) => `${formatCount(delivery[name])} ${lossNames[name]}`).join(', ')
  return {
    name: 'Lost',
    figure: formatCount(lost),
    remark: `${formatShare(lost / due)} ${of} · ${byClass}`,
    tone: 'bad',
  }
}

function latencyTiles({ latency: { intended } }: Result): Tile[] {
  if (intended.count === 0) return []
  return [
    { name: 'Latency p50', figure: formatMicros(intended.p50), remark: 'from intended send to receipt' },
    {
      name: 'Latency p99',
      figure: formatMicros(intended.p99),
      remark: inLine([`p99.9 ${formatMicros(intended.p999)}`, `max ${formatMicros(intended.max)}`]),
    },
  ]
}

function recoveryTiles(result: Result): Tile[] {
  const p95 = figures.recoveryP95.read(result)
  if (p95 === null) return []
  const cutOff = result.events.reduce((sum, { affectedClients }) => sum + affectedClients, 0)
  const back = result.events.reduce((sum, { recovery }) => sum + recovery.recovered, 0)
  const missing = cutOff - back
  return [
    {
      name: 'Recovery p95',
      figure: p95 === Number.POSITIVE_INFINITY ? 'never' : formatMicros(p95),
      remark: `downtime in the worst event · ${plural(cutOff, 'connection')} cut off, ${
        missing === 0 ? 'all back' : `${formatCount(missing)} never back`
      }`,
      ...(missing === 0 ? {} : { tone: 'bad' }),
    },
  ]
}

function balanceTiles({ balance }: Result): Tile[] {
  const end = balance.end?.maxOverMean ?? null
  if (end === null) return []
  return [{ name: 'Balance', figure: end.toFixed(2), remark: 'fullest node over the mean, at the end' }]
}
