import { escapeDeep } from '../../base/escape.js'
import { formatMicros } from '../../base/format.js'
import type { LimitingFactor, MaxSearch, SearchLevel } from '../../results/max-search/max-search.js'
import { Page } from '../page.js'
import type { RenderOptions } from '../reporter.js'

const looks = {
  pass: { word: '✓ held', style: 'green' },
  fail: { word: '✗ gate missed', style: 'red' },
  invalid: { word: '? invalid', style: 'yellow' },
  setup: { word: '✗ not started', style: 'red' },
  interrupted: { word: '◼ interrupted', style: 'yellow' },
} as const

const blamed: Record<LimitingFactor['by'], string> = {
  gate: 'the cluster: a gate was missed',
  cluster: 'the cluster: a part of it ended unasked, or it turned clients away',
  generator: 'the generator: the run was invalid, and the cluster may well carry more',
  machine: 'the machine: it could not carry the run',
  run: 'the run: it can not be judged, and the cluster may well carry more',
}

/** A search on the terminal: the highest level that held, what gave out above it, and every level that was tried. */
export function maxSearchPage(search: MaxSearch, options: RenderOptions): string {
  const page = new Page(options)
  const safe = escapeDeep(search)
  const blocks = [titleBlock(safe, page), levelsBlock(safe, page)]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function titleBlock({ scenario, ramp, gate, highestPassing, limitedBy }: MaxSearch, page: Page): string[] {
  const found = highestPassing
    ? page.paint('green', page.heading(`✓ ${ramp.path} = ${highestPassing.text}`))
    : page.paint('red', page.heading('✗ no level held'))
  return [
    `${found}  ${page.heading(scenario)}`,
    ...page.facts([`the highest of ${ramp.path} from ${ramp.from} to ${ramp.to}`, `at which ${gate}`]),
    ...(limitedBy
      ? [
          ...page.item(page.paint('yellow', '!'), `at ${limitedBy.text} it was ${blamed[limitedBy.by]}`),
          ...limitedBy.reasons.flatMap((reason) => page.item(' ', reason)),
        ]
      : page.facts(['nothing gave out below the end of the ramp'])),
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
  const { word, style } = looks[outcome]
  const judged = result?.gates.find(({ expression }) => expression === gate)
  const busiest = Math.max(0, ...(result?.generator.workers ?? []).map(({ cpuShareMax }) => cpuShareMax))
  return [
    page.paint(style, word),
    judged ? judged.reason : '',
    result ? formatMicros(result.latency.intended.p99) : '',
    result ? `${Math.round(100 * busiest)} %` : '',
  ]
}
