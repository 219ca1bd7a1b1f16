import type { Result } from '../result.js'
import { FEWEST_RUNS } from '../statistics/shift.js'
import { type CellOutcome, type ComparedCell, type Comparison, outcomeOf } from './comparison.js'
import { type FigureName, figureNames, figures } from './figures.js'
import { lessOf, opposite, type Sample, sampleOf } from './shown-difference.js'
import { type Spread, spreadOf } from './spread.js'

/** A cell over its repeats. */
export interface CellSummary {
  readonly cell: ComparedCell
  readonly outcome: CellOutcome
  readonly samples: Readonly<Record<FigureName, Sample>>
  readonly figures: Readonly<Record<FigureName, Spread | null>>
}

/** Cells that may be compared with each other, the best first. */
export interface Group {
  /** Parts that are embedded in all of them: `balancer`, `broker`. */
  readonly embedded: readonly string[]
  readonly cells: readonly RankedCell[]
  /** None where nothing is ranked. */
  readonly readings: readonly Reading[]
}

export interface RankedCell extends CellSummary {
  /** 1 is best; cells of which no difference is shown may share one. Null: fewer than 3 runs in some cell, nothing is ranked. */
  readonly rank: number | null
}

/** Who is best in a figure. */
export interface Reading {
  readonly figure: FigureName
  /** The cell of the lowest median, several if it is the same; none if no other is shown to differ from it. */
  readonly best: readonly string[]
  /** The cells that are not shown to differ from the best: all of them if there is no best. */
  readonly alike: readonly string[]
}

export interface Ranking {
  readonly groups: readonly Group[]
  /** Invalid, interrupted, failed or never run: their figures are not compared with others. */
  readonly unranked: readonly CellSummary[]
}

/**
 * Ranks the cells whose runs are all valid. Only like is compared with like: the same parts embedded, the same
 * machine, and, for saved results that nobody varied on purpose, the same load.
 */
export function rank(comparison: Comparison): Ranking {
  const summaries = comparison.cells.map(summarizeCell)
  const isRanked = ({ outcome }: CellSummary) => outcome === 'pass' || outcome === 'fail'
  const alike = new Map<string, CellSummary[]>()
  for (const summary of summaries.filter(isRanked)) {
    const setting = settingOf(summary.cell.runs[0]!, comparison.matrix !== null)
    alike.set(setting, [...(alike.get(setting) ?? []), summary])
  }
  return {
    groups: [...alike.values()]
      .map(groupOf)
      .sort((one, other) => one.embedded.length - other.embedded.length),
    unranked: summaries.filter((summary) => !isRanked(summary)),
  }
}

function summarizeCell(cell: ComparedCell): CellSummary {
  const valid = cell.runs.filter(({ verdict: { outcome } }) => outcome === 'pass' || outcome === 'fail')
  const samples = figureNames.map((name) => [name, sampleOf(figures[name], valid)] as const)
  return {
    cell,
    outcome: outcomeOf(cell),
    samples: Object.fromEntries(samples) as CellSummary['samples'],
    figures: Object.fromEntries(
      samples.map(([name, { values }]) => [name, spreadOf(values)]),
    ) as CellSummary['figures'],
  }
}

function settingOf(result: Result, isVariedOnPurpose: boolean): string {
  const { host, cpu, cores } = result.environment
  const { seed, clients, channels, phases, chaos } = result.scenario.plan
  const load = isVariedOnPurpose ? null : { seed, clients, channels, phases, chaos }
  return JSON.stringify([result.cluster.driver, embeddedParts(result), host, cpu, cores, load])
}

function embeddedParts({ cluster: { balancer, broker } }: Result): string[] {
  return [...(balancer.isEmbedded ? ['balancer'] : []), ...(broker?.isEmbedded ? ['broker'] : [])]
}

function groupOf(cells: readonly CellSummary[]): Group {
  const embedded = embeddedParts(cells[0]!.cell.runs[0]!)
  if (cells.some(({ cell }) => cell.runs.length < FEWEST_RUNS)) {
    return { embedded, cells: cells.map((summary) => ({ ...summary, rank: null })), readings: [] }
  }
  const compare = comparerOf(cells)
  const ranked = cells.map((summary) => {
    const better = cells.filter((other) => orderOf(other, summary, compare) < 0)
    return { ...summary, rank: 1 + better.length }
  })
  return {
    embedded,
    cells: ranked.toSorted((one, other) => one.rank - other.rank || byMedians(one, other)),
    readings: rankingFigures.flatMap((figure) => readingOf(figure, cells, compare)),
  }
}

const rankingFigures = figureNames.filter((name) => figures[name].best !== null)

/** Probability that anything in a group of cells that do not differ is called different. */
const FALSE_DIFFERENCE = 0.02

type Compare = (figure: FigureName, one: CellSummary, other: CellSummary) => -1 | 0 | 1

/** Which of two cells has less of a figure, at a level that all comparisons of the group share. */
function comparerOf(cells: readonly CellSummary[]): Compare {
  const pairs = Math.max(1, (cells.length * (cells.length - 1)) / 2)
  const level = FALSE_DIFFERENCE / (2 * pairs * rankingFigures.length)
  const tables = new Map(
    rankingFigures.map((name) => {
      const samples = cells.map((summary) => summary.samples[name])
      const rows = samples.map((one, row) => samples.slice(0, row).map((other) => lessOf(one, other, level)))
      return [name, rows]
    }),
  )
  return (figure, one, other) => {
    const [row, column] = [cells.indexOf(one), cells.indexOf(other)]
    const table = tables.get(figure)!
    if (row === column) return 0
    return row > column ? table[row]![column]! : opposite(table[column]![row]!)
  }
}

/** By the first figure in which the two are shown to differ. */
function orderOf(one: CellSummary, other: CellSummary, compare: Compare): -1 | 0 | 1 {
  for (const name of rankingFigures) {
    const order = compare(name, one, other)
    if (order !== 0) return order
  }
  return 0
}

/** The order in which cells of one rank are listed. */
function byMedians(one: CellSummary, other: CellSummary): number {
  for (const name of rankingFigures) {
    const [left, right] = [medianOf(one, name), medianOf(other, name)]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

function readingOf(figure: FigureName, cells: readonly CellSummary[], compare: Compare): Reading[] {
  const having = cells.filter((summary) => summary.figures[figure] !== null)
  if (having.length < 2) return []
  const lowest = Math.min(...having.map((summary) => medianOf(summary, figure)))
  const best = having.filter((summary) => medianOf(summary, figure) === lowest)
  const alike = having.filter(
    (summary) => !best.includes(summary) && best.some((winner) => compare(figure, winner, summary) === 0),
  )
  const names = (summaries: readonly CellSummary[]) => summaries.map(({ cell }) => cell.name)
  return best.length + alike.length === having.length
    ? [{ figure, best: [], alike: names(having) }]
    : [{ figure, best: names(best), alike: names(alike) }]
}

function medianOf(summary: CellSummary, name: FigureName): number {
  return summary.figures[name]?.median ?? Number.POSITIVE_INFINITY
}
