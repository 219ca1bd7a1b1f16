import type { ChartSpec } from './chart-spec.js'
import type { Section } from './figure.js'
import { html, type Markup } from './markup.js'

export interface PageBody {
  readonly body: Markup
  readonly charts: readonly ChartSpec[]
}

/** The head, links to the sections, and the sections. */
export function pageBody(head: Markup, sections: readonly Section[], madeBy: string): PageBody {
  return {
    charts: sections.flatMap(({ charts }) => charts),
    body: html`<main>
${head}
<nav aria-label="Sections">${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a> `)}</nav>
<noscript><p class="notice">The charts need JavaScript; the figures below do not.</p></noscript>
${sections.map(({ id, title, body }) => html`<section id="${id}"><h2>${title}</h2>\n${body}\n</section>\n`)}
<footer>${madeBy}</footer>
</main>`,
  }
}
