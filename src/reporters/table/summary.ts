import { escapeDeep } from '../../base/escape.js'
import { formatMicros, plural } from '../../base/format.js'
import { clip, widthOf } from '../../base/text-width.js'
import type { LatencySummary, Result } from '../../results/result.js'
import { type Fact, factText } from '../facts/fact.js'
import { type Headline, headlines } from '../facts/headlines.js'
import { type RunFacts, runFacts } from '../facts/run-facts.js'
import { sizeFacts } from '../facts/setup.js'
import { outcomeStyles } from '../outcome-styles.js'
import { Page } from '../page.js'
import type { RenderOptions } from '../reporter.js'
import { clusterWords, inShort, otherReasons, verdictWords } from '../wording.js'
import { itemLines } from './block.js'
import { latencyShape } from './latency-shape.js'

/** A terminal of 24 rows shows all of it, and a prompt above and below. */
const MOST_LINES = 22
const MOST_REASON_LINES = 2
const MOST_EVENTS = 3
const WIDEST_LABEL = 18
const LABEL_GAP = 2
const FEWEST_COLUMNS_OF_CLUSTER = 14

/** A run in at most 22 lines: what it came to, what was required, and the figures that answer most questions. */
export function runSummary(result: Result, options: RenderOptions): string {
  const page = new Page(options)
  const safe = escapeDeep(result)
  const facts = runFacts(safe)
  const head = [titleLine(safe, page), ...sizeLine(safe, page), ...reasonLines(safe, page)]
  const end = ['', ...closingLines(safe, page)]
  const most = MOST_LINES - head.length - end.length
  const [roomy, tight] = [2, 1].map((linesEach) => ['', ...figureLines(safe, facts, page, linesEach)]) as [
    string[],
    string[],
  ]
  const gates = gateLines(facts, page, most - roomy.length)
  const isRoomy = gates.length + roomy.length <= most
  const body = isRoomy ? [...gates, ...roomy] : [...gateLines(facts, page, most - tight.length), ...tight]
  return `${[...head, ...body, ...end].join('\n')}\n`
}

/** The verdict again, and the figures that it is about, where the reader's eyes are at the end of a run. */
export function closingLines(result: Result, page: Page): string[] {
  const verdict = `${verdictPart(result, page)}  ${page.heading(clip(result.scenario.name, page.room / 3))}`
  const figures = inShort(result)
  const isShort = widthOf(verdict) + 2 + widthOf(figures) <= page.columns
  return isShort ? [`${verdict}  ${figures}`] : [verdict, ...page.facts([figures]).slice(0, 2)]
}

function titleLine(result: Result, page: Page): string {
  const verdict = verdictPart(result, page)
  const name = clip(result.scenario.name, page.columns - widthOf(verdict) - 2)
  const cluster = page.columns - widthOf(verdict) - widthOf(name) - 4
  const words = cluster < FEWEST_COLUMNS_OF_CLUSTER ? '' : `  ${clip(clusterWords(result), cluster)}`
  return `${verdict}  ${page.heading(name)}${words}`
}

function verdictPart(result: Result, page: Page): string {
  const { symbol, tone } = outcomeStyles[result.verdict.outcome]
  return page.tint(tone, page.heading(`${symbol} ${verdictWords(result)}`))
}

function sizeLine(result: Result, page: Page): string[] {
  const facts = sizeFacts(result).filter(({ label }) => label !== 'started')
  return page.facts(facts.map(factText), 'quiet').slice(0, 1)
}

/** Gates have lines of their own. */
function reasonLines(result: Result, page: Page): string[] {
  const { symbol, tone } = outcomeStyles[result.verdict.outcome]
  const lines = otherReasons(result).flatMap((reason) => page.item(page.tint(tone, symbol), reason))
  return shortened(lines, MOST_REASON_LINES, page)
}

/** Those that did not pass first; at least the first of them, whatever the room. */
function gateLines({ gates: block }: RunFacts, page: Page, room: number): string[] {
  if (block === null) return []
  const items = block.items.toSorted((one, other) => rank(one) - rank(other))
  const texts = page.facts(block.facts.map((fact) => `gates ${factText(fact)}`))
  const left = Math.max(1, room - 1 - texts.length)
  return ['', ...texts, ...shortened(itemLines(items, page), left, page)]
}

function rank({ tone }: Fact): number {
  return tone === 'good' ? 1 : 0
}

function figureLines(result: Result, facts: RunFacts, page: Page, linesEach: number): string[] {
  const hidden = new Set(result.events.slice(MOST_EVENTS).map(({ id }) => id))
  const shown = headlines(result, facts).filter(({ label }) => !hidden.has(label))
  const lead = Math.min(WIDEST_LABEL, Math.max(...shown.map(({ label }) => widthOf(label)))) + LABEL_GAP
  const lastEvent = hidden.size > 0 ? result.events[MOST_EVENTS - 1]!.id : null
  return shown.flatMap((line) => [
    ...shortened(headlineLines(line, page, lead), linesEach, page),
    ...(line.label === 'latency' ? shapeLine(result.latency.fromPlannedSend, page, lead) : []),
    ...(line.label === lastEvent ? page.facts([`and ${plural(hidden.size, 'more event')}`]) : []),
  ])
}

function headlineLines({ label, facts }: Headline, page: Page, lead: number): string[] {
  const texts = facts.map((fact) => ({ text: factText(fact), ...(fact.tone && { tone: fact.tone }) }))
  const [first = '', ...others] = page.run(texts, ' '.repeat(lead))
  const name = clip(label, lead - LABEL_GAP)
  return [`  ${page.heading(name)}${' '.repeat(lead - widthOf(name))}${first.slice(2)}`, ...others]
}

/** At most so many lines; an ellipsis says that there is more. */
function shortened(lines: readonly string[], most: number, page: Page): string[] {
  if (lines.length <= most) return [...lines]
  const last = lines[most - 1] ?? ''
  return [
    ...lines.slice(0, most - 1),
    widthOf(last) + 2 <= page.columns ? `${last} …` : clip(`${last}…`, page.columns),
  ]
}

/** `1.20 ms ▂▅█▃▁  ▁ 45.0 ms` */
function shapeLine(latency: LatencySummary, page: Page, lead: number): string[] {
  const { count, min, max } = latency
  if (count === 0) return []
  const [from, to] = [formatMicros(min), formatMicros(max)]
  const columns = page.room - lead - widthOf(from) - widthOf(to) - 2
  const [left, right] = [from, to].map((text) => page.paint('dim', text))
  return [`  ${' '.repeat(lead)}${left} ${latencyShape(latency, columns)} ${right}`]
}
