import { escapeDeep } from '../../base/escape.js'
import { formatMicros } from '../../base/format.js'
import type { LimitingFactor, MaxSearch, SearchLevel } from '../../results/max-search/max-search.js'
import { outcomeStyles } from '../outcome-styles.js'
import { Page } from '../page.js'
import type { RenderOptions } from '../reporter.js'

const limits: Record<LimitingFactor['by'], string> = {
  gate: 'the cluster: a gate failed',
  cluster: 'the cluster: a part of it ended unexpectedly, or it rejected connections',
  generator: 'the generator: the run was invalid, and the cluster may be able to carry more',
  machine: 'this machine: it could not carry the run',
  run: 'the run: it could not be judged, and the cluster may be able to carry more',
}

/** A search on the terminal: the highest level that passed, the limiting factor above it, and every level that was tried. */
export function maxSearchPage(search: MaxSearch, options: RenderOptions): string {
  const page = new Page(options)
  const safe = escapeDeep(search)
  const blocks = [titleBlock(safe, page), levelsBlock(safe, page)]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function titleBlock({ scenario, ramp, gate, highestPassing, limitedBy }: MaxSearch, page: Page): string[] {
  const found = highestPassing
    ? page.paint('green', page.heading(`✓ ${ramp.path} = ${highestPassing.text}`))
    : page.paint('red', page.heading('✗ no level passed'))
  return [
    `${found}  ${page.heading(scenario)}`,
    ...page.facts([`the highest of ${ramp.path} from ${ramp.from} to ${ramp.to}`, `that passes ${gate}`]),
    ...(limitedBy
      ? [
          ...page.item(
            page.paint('yellow', '!'),
            `limiting factor at ${limitedBy.text}: ${limits[limitedBy.by]}`,
          ),
          ...limitedBy.reasons.flatMap((reason) => page.item(' ', reason)),
        ]
      : page.facts(
          highestPassing ? [`limit not reached: at least ${highestPassing.text}; raise --ramp`] : [],
        )),
  ]
}

function levelsBlock({ levels, gate }: MaxSearch, page: Page): string[] {
  const sorted = levels.toSorted((one, other) => one.value - other.value)
  return page.grid(
    ['Levels', '', 'gate', 'p99', 'busiest worker'],
    sorted.map((level) => ({ name: level.text, cells: cellsOf(level, gate, page) })),
  )
}

function cellsOf({ outcome, result }: SearchLevel, gate: string, page: Page): string[] {
  const { symbol, tone, word } = outcomeStyles[outcome]
  const judged = result?.gates.find(({ expression }) => expression === gate)
  const busiest = Math.max(0, ...(result?.generator.workers ?? []).map(({ cpuShareMax }) => cpuShareMax))
  return [
    page.tint(tone, `${symbol} ${word.toLowerCase()}`),
    judged ? judged.reason : '',
    result ? formatMicros(result.latency.fromPlannedSend.p99) : '',
    result ? `${Math.round(100 * busiest)} %` : '',
  ]
}
