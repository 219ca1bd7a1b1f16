import { escapeDeep } from '../../base/escape.js'
import type { Comparison } from '../../results/comparison/comparison.js'
import { rank } from '../../results/comparison/ranking.js'
import { comparisonHead, titleOf } from './comparison/head.js'
import { percentilesSection } from './comparison/percentiles.js'
import { rankingSection } from './comparison/ranking.js'
import { comparisonSetup } from './comparison/setup.js'
import { verdictsSection } from './comparison/verdicts.js'
import { documentOf } from './document.js'
import { pageBody } from './page-body.js'

/** The report of a comparison as one page. */
export function comparisonDocument(comparison: Comparison): string {
  // Names come from scenarios and from files: invisible characters must not hide in them.
  const safe = escapeDeep(comparison)
  const ranking = rank(safe)
  const sections = [
    rankingSection(ranking),
    percentilesSection(ranking),
    verdictsSection(safe),
    comparisonSetup(safe),
  ]
  const { body, charts } = pageBody(
    comparisonHead(safe),
    sections.filter((section) => section !== null),
    `${safe.tool.name} ${safe.tool.version}`,
  )
  return documentOf({
    title: `${titleOf(safe)} · wsbench`,
    body,
    data: { charts, bands: [], measureSeconds: null },
  })
}
