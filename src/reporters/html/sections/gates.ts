import type { Result } from '../../../results/result.js'
import type { Section } from '../figure.js'
import { html } from '../markup.js'

/** Each gate, whether it held, and by how much. */
export function gatesSection({ gates }: Result): Section | null {
  if (gates.length === 0) return null
  const held = gates.filter(({ ok }) => ok).length
  const rows = gates.map(
    ({ expression, ok, reason }) => html`<li class="${ok ? 'good' : 'bad'}">
<span class="symbol">${ok ? '✓' : '✗'}</span><code>${expression}</code><span class="reason">${reason}</span></li>\n`,
  )
  return {
    id: 'gates',
    title: 'Gates',
    charts: [],
    body: html`<p class="hint">${held} of ${gates.length} held.</p><ul class="gates">${rows}</ul>`,
  }
}
