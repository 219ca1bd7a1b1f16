import { escapeText } from '../../base/escape.js'

/** Characters that mean something to GitHub anywhere in a line. */
const meaningful = /[\\`*_[\]|~]|[&<>$]|[@#]|\bgh-(?=\d)|\bwww(?=\.)|:(?=\/\/|[\w+-]+:)/gi

/** Text that makes a line a list item, a heading or a rule. */
const marker = /^(?:[-+=]|\d+(?=[.)](?:\s|$)))/

const spelt: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  // GitHub ignores a backslash before it outside of a formula.
  $: '<span>$</span>',
}

/**
 * Text that is text in Markdown too: no markup, HTML, formula or emoji, no link, mention or reference. These last are found
 * in what was rendered, after entities and backslashes: only a node that comes between keeps them apart.
 */
export function safe(text: string): string {
  const escaped = escapeText(text).trimStart().replace(meaningful, escapeFound)
  return escaped.replace(marker, (found) => (/\d/.test(found) ? `${found}\\` : `\\${found}`))
}

function escapeFound(found: string): string {
  if (found in spelt) return spelt[found]!
  return /[\\`*_[\]|~]/.test(found) ? `\\${found}` : `${found}<!-- -->`
}
