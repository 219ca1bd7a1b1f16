import { escapeDeep } from '../../base/escape.js'
import { plural } from '../../base/format.js'
import { changeWords } from '../../reporters/baseline-words.js'
import { Page } from '../../reporters/page.js'
import type { RenderOptions } from '../../reporters/reporter.js'
import type { Result } from '../../results/result.js'
import type { Proof } from './prove.js'
import type { ResultAdvice } from './rule.js'

const outcomes = {
  holds: { symbol: '✓', style: 'green' },
  'does not hold': { symbol: '✗', style: 'red' },
  inconclusive: { symbol: '?', style: 'yellow' },
} as const satisfies Record<Proof['outcome'], unknown>

/** Advice on a result on the terminal. */
export function renderResultAdvice(
  result: Result,
  advice: readonly ResultAdvice[],
  options: RenderOptions,
): string {
  const page = new Page(options)
  const { outcome, reasons } = result.verdict
  const isUsable = outcome === 'pass' || outcome === 'fail'
  const count =
    advice.length === 0 ? 'nothing to change' : plural(advice.length, 'piece of advice', 'pieces of advice')
  const title = isUsable ? count : `no advice: the run is ${outcome}, ${reasons[0] ?? ''}`
  const blocks = escapeDeep(advice).map((own) => [
    page.heading(own.name),
    ...page.item('·', own.evidence),
    ...page.item('·', own.explanation, 'dim'),
    ...page.item('→', `${own.change}; ${own.improves} should get better`),
    ...own.settings.map((setting) => `      ${page.paint('green', `--set '${setting}'`)}`),
  ])
  return joined([[`${page.heading(escapeDeep(result.scenario.name))}  ${escapeDeep(title)}`], ...blocks])
}

/** What repeats say about each advice. */
export function renderProofs(proofs: readonly Proof[], options: RenderOptions): string {
  const page = new Page(options)
  return joined(
    escapeDeep(proofs).map(({ advice, outcome, verdict, problems }) => {
      const { symbol, style } = outcomes[outcome]
      return [
        ...page.item(page.paint(style, symbol), `${advice.name}: ${page.paint(style, outcome)}`),
        ...(verdict === null ? [] : page.item(' ', `${verdict.metric}: ${changeWords(verdict)}`, 'dim')),
        ...problems.flatMap((problem) => page.item('!', problem)),
      ]
    }),
  )
}

function joined(blocks: readonly (readonly string[])[]): string {
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}
