import type { Result } from '../../results/result.js'
import { type Fact, type FactTable, valueText } from '../facts/fact.js'
import { runFacts } from '../facts/run-facts.js'
import { sizeFacts } from '../facts/setup.js'
import { reporters } from '../index.js'

/** Test support: `block | label | value`; the label in a table is `row · column`, and in a group `group · label`. */
export type Line = string

const SIZE = 'Size'

export function linesOf(result: Result): Line[] {
  const size = sizeFacts(result).map((fact) => lineOf(SIZE, fact))
  const blocks = Object.values(runFacts(result)).flatMap((block) => {
    if (block === null) return []
    const { title, table, facts, groups, tables, items } = block
    return [
      ...[...facts, ...items].map((fact) => lineOf(title, fact)),
      ...groups.flatMap(({ name, facts: own }) =>
        own.map((fact) => lineOf(title, { ...fact, label: `${name} · ${fact.label}` })),
      ),
      ...[...(table ? [table] : []), ...tables].flatMap(cellLines),
    ]
  })
  return [...size, ...blocks].toSorted()
}

function lineOf(title: string, fact: Fact): Line {
  return `${title} | ${fact.label} | ${valueText(fact)}`
}

function cellLines({ title, columns, rows }: FactTable): Line[] {
  return rows.flatMap(({ name, cells }) =>
    cells.map(({ value }, index) => `${title} | ${name} · ${columns[index]!.label} | ${value}`),
  )
}

/** Facts in running text, back to labels and values. */
function textLines(title: string, texts: readonly string[]): Line[] {
  let group = ''
  return texts.flatMap((text) => {
    const [, count, counted, remark] = /^([\d,]+) ([^()]+?)(?: \((.+)\))?$/.exec(text) ?? []
    if (counted) return [`${title} | ${group}${counted} | ${count}${remark ? ` (${remark})` : ''}`]
    const [, label, value] = /^([^:]+): (.+)$/s.exec(text) ?? []
    if (label) return [`${title} | ${group}${label} | ${value}`]
    group = `${text} · `
    return []
  })
}

/** A page of 120 columns, on which every head is one line and no column is left out. */
export function linesOnTerminal(result: Result): Line[] {
  const text = reporters.table.render(result, { columns: 120, color: false })
  // The last block says the verdict again.
  const [top = '', ...blocks] = text.trimEnd().split('\n\n').slice(0, -1)
  // Reasons, and the name of a cluster that finds no room on the first line, are no facts of this list.
  const size = top.split('\n').filter((line) => /^ {2}[^✗?◼]/.test(line) && / · /.test(line))
  const parsed = blocks.flatMap((block) => {
    const [head = '', ...lines] = block.split('\n')
    const [title = '', ...columns] = head.split(/ {2,}/)
    return lines.flatMap((line, index) => {
      const [name = '', ...cells] = line
        .trim()
        .replace(/^· (?=.* {2})/, '')
        .split(/ {2,}/)
      if (columns.length > 0 && cells.length === columns.length) {
        return cells.map((cell, column) => `${title} | ${name} · ${columns[column]} | ${cell}`)
      }
      // Further lines of a group or an item follow its first.
      if (line.startsWith('    ')) return []
      const more = lines.slice(index + 1)
      const end = more.findIndex((next) => !next.startsWith('    '))
      const hanging = more.slice(0, end === -1 ? more.length : end).map((own) => own.trim())
      const [, item] = /^ {2}[✓✗!·] (.+)$/.exec(line) ?? []
      if (item) return [itemLine(title, item, hanging)]
      const texts = [line, ...hanging].flatMap((own) => own.trim().split(' · '))
      return textLines(title, texts)
    })
  })
  return [
    ...textLines(
      SIZE,
      size.flatMap((line) => line.trim().split(' · ')),
    ),
    ...parsed,
  ].toSorted()
}

function itemLine(title: string, item: string, hanging: readonly string[]): Line {
  const [label, value] = item.split(/ {3,}/)
  if (title === 'Notes') return `${title} |  | ${[item, ...hanging].join(' ')}`
  return `${title} | ${label} | ${value ?? hanging.join(' ')}`
}

/** Every `dt` with its `dd`, every cell, every item, under the headings above it. */
export function linesInHtml(result: Result): Line[] {
  const page = reporters.html.render(result, { columns: 80, color: false })
  const lines: Line[] = []
  let title = ''
  let table = ''
  let group = ''
  const marks =
    /<h2>(.*?)<\/h2>|<article[^>]*>\s*<h3><b[^>]*>\d+<\/b> (.*?)<\/h3>|<h3>(.*?)<\/h3>|<dt>(.*?)<\/dt><dd>(.*?)<\/dd>|<thead>(.*?)<\/thead>\s*<tbody>(.*?)<\/tbody>|<li class="\w+">(.*?)<\/li>|<div class="notice">(.*?)<\/div>|<p class="meta">(.*?)<\/p>/gs
  for (const [, h2, card, h3, dt, dd, thead, tbody, li, notes, meta] of page.matchAll(marks)) {
    if (h2 !== undefined) [title, table, group] = [plain(h2), plain(h2), '']
    if (card !== undefined) group = `${plain(card)} · `
    if (h3 !== undefined) table = plain(h3)
    if (dt !== undefined && title !== 'Terms') lines.push(`${title} | ${group}${plain(dt)} | ${plain(dd!)}`)
    if (thead !== undefined) {
      const columns = [...thead.matchAll(/<th[^>]*>(.*?)<\/th>/gs)].map(([, text]) => plain(text!))
      for (const [, name, cells] of tbody!.matchAll(/<tr[^>]*><th[^>]*>(.*?)<\/th>(.*?)<\/tr>/gs)) {
        for (const [index, [, cell]] of [...cells!.matchAll(/<td>(.*?)<\/td>/gs)].entries()) {
          lines.push(`${table} | ${plain(name!)} · ${columns[index + 1]} | ${plain(cell!)}`)
        }
      }
    }
    if (li !== undefined) {
      const [, label = ''] = /<code>(.*?)<\/code>/s.exec(li) ?? []
      lines.push(`${title} | ${plain(label)} | ${plain(/class="reason">(.*?)<\/span>/s.exec(li)![1]!)}`)
    }
    if (notes !== undefined)
      lines.push(...[...notes.matchAll(/<li>(.*?)<\/li>/gs)].map(([, note]) => `Notes |  | ${plain(note!)}`))
    if (meta !== undefined)
      lines.push(...textLines(SIZE, plain(meta.replaceAll('</span> <span>', '\n')).split('\n')))
  }
  return lines.toSorted()
}

function plain(markup: string): string {
  return markup
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .trim()
}

export function linesInMarkdown(result: Result): Line[] {
  const text = reporters.markdown.render(result, { columns: 80, color: false })
  const lines: Line[] = []
  let title = ''
  let columns: string[] = []
  for (const raw of text.slice(0, text.indexOf('<details>')).split('\n')) {
    const line = raw
      .replaceAll(/<!-- -->|<\/?sub>/g, '')
      .replaceAll('&lt;', '<')
      .replaceAll(/\\(.)/g, '$1')
    const cells = line.startsWith('| ') ? line.slice(2, -2).split(' | ') : []
    if (line.startsWith('### ')) title = line.slice(4)
    else if (raw.startsWith('<sub>')) lines.push(...textLines(SIZE, line.split(' · ').slice(1)))
    else if (title === '' || line === '' || line.startsWith('| :--')) columns = line === '' ? [] : columns
    else if (cells.length === 0) lines.push(...itemOrTexts(title, line))
    else if (columns.length === 0) columns = cells
    else if (title === 'Gates') lines.push(`${title} | ${cells[1]} | ${cells[2]}`)
    else
      lines.push(
        ...cells
          .slice(1)
          .map((cell, index) => `${columns[0] || title} | ${cells[0]} · ${columns[index + 1]} | ${cell}`),
      )
  }
  return lines.toSorted()
}

function itemOrTexts(title: string, line: string): Line[] {
  const [, item] = /^- (?:✅|❌|⚠️) (.+)$/.exec(line) ?? []
  if (item) return textLines(title, [item])
  if (title === 'Notes') return [`Notes |  | ${line.replace(/^- /, '')}`]
  return textLines(title, line.replace(/^- /, '').split(' · '))
}
