import { escapeDeep } from '../../base/escape.js'
import { plural } from '../../base/format.js'
import { Page } from '../../reporters/page.js'
import type { RenderOptions } from '../../reporters/reporter.js'
import type { ConfigReport } from './advise-config.js'
import type { Advice } from './rule.js'

/** The report on the terminal; lines to write are not broken, so that they can be copied. */
export function renderConfigReport(report: ConfigReport, options: RenderOptions): string {
  const page = new Page(options)
  const { file, program, unchecked, advice } = escapeDeep(report)
  const count = advice.length === 0 ? 'nothing to change' : plural(advice.length, 'finding')
  const blocks = [
    [`${page.heading(file)}  ${program} · ${count}`, ...uncheckedLines(program, unchecked, page)],
    ...advice.map((own) => adviceLines(own, file, page)),
  ]
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function uncheckedLines(program: string, reason: string | null, page: Page): string[] {
  if (reason === null) return []
  const command = program === 'nginx' ? 'nginx -t' : 'haproxy -c'
  return page.item(page.paint('yellow', '!'), `${command} was not run: ${reason}`)
}

function adviceLines(advice: Advice, file: string, page: Page): string[] {
  const { place, rule, severity, found, explanation, change, lines, experiment } = advice
  const where = place === null ? file : `${place.file}:${place.line}`
  const title = rule ?? `${severity} of the program itself`
  return [
    `${page.paint(severity === 'error' ? 'red' : 'yellow', where)}  ${page.heading(title)}`,
    ...page.item('·', found),
    ...(explanation === null ? [] : page.item('·', explanation, 'dim')),
    ...(change === null ? [] : page.item('→', change)),
    ...lines.map((line) => `      ${page.paint('green', line)}`),
    ...(experiment === null ? [] : [`  see it: ${experiment}`]),
  ]
}
