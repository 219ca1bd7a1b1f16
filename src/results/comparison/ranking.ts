import type { Result } from '../result.js'
import { type CellOutcome, type ComparedCell, type Comparison, outcomeOf } from './comparison.js'
import { type FigureName, figureNames, figures } from './figures.js'
import { areApart, type Spread, spreadOf } from './spread.js'

/** A cell over its repeats. */
export interface CellSummary {
  readonly cell: ComparedCell
  readonly outcome: CellOutcome
  readonly figures: Readonly<Record<FigureName, Spread | null>>
}

/** Cells that may be ranked against each other, the best first. */
export interface Group {
  /** Parts that are embedded in all of them: `balancer`, `broker`. */
  readonly embedded: readonly string[]
  readonly cells: readonly CellSummary[]
  readonly readings: readonly Reading[]
}

/** Who is best in a figure. */
export interface Reading {
  readonly figure: FigureName
  /** More than one where their medians are the same. */
  readonly best: readonly string[]
  /** The others whose repeats overlap with the best one's, so that the difference may be noise. */
  readonly noise: readonly string[]
}

export interface Ranking {
  readonly groups: readonly Group[]
  /** Invalid, interrupted, failed or never run: their figures are not held against others. */
  readonly unranked: readonly CellSummary[]
}

/**
 * Ranks the cells whose runs are all valid. Only like is ranked against like: the same parts embedded, the same
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
  const spreads = figureNames.map((name) => [name, spreadOf(valid.map(figures[name].read))])
  return { cell, outcome: outcomeOf(cell), figures: Object.fromEntries(spreads) }
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
  return {
    embedded: embeddedParts(cells[0]!.cell.runs[0]!),
    cells: cells.toSorted(byFigures),
    readings: figureNames.flatMap((figure) => readingOf(figure, cells)),
  }
}

/** By the medians, in the order of the figures that have a best. */
function byFigures(one: CellSummary, other: CellSummary): number {
  for (const name of figureNames.filter((figure) => figures[figure].best !== null)) {
    const [left, right] = [medianOf(one, name), medianOf(other, name)]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

function readingOf(figure: FigureName, cells: readonly CellSummary[]): Reading[] {
  const having = cells.filter((summary) => summary.figures[figure] !== null)
  if (figures[figure].best === null || having.length < 2) return []
  const lowest = Math.min(...having.map((summary) => medianOf(summary, figure)))
  const best = having.filter((summary) => medianOf(summary, figure) === lowest)
  const noise = having.filter(
    (summary) =>
      !best.includes(summary) &&
      best.some((winner) => areApart(winner.figures[figure]!, summary.figures[figure]!) === false),
  )
  const names = (summaries: readonly CellSummary[]) => summaries.map(({ cell }) => cell.name)
  return [{ figure, best: names(best), noise: names(noise) }]
}

function medianOf(summary: CellSummary, name: FigureName): number {
  return summary.figures[name]?.median ?? Number.POSITIVE_INFINITY
}
