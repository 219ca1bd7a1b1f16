import { createHash } from 'node:crypto'
import { assets } from './assets.js'
import type { ReportData } from './chart-spec.js'
import { type Content, html, type Markup, scriptJson, trusted } from './markup.js'

export interface DocumentParts {
  readonly title: string
  readonly body: Markup
  readonly data: ReportData
}

/** A whole page without requests to the network: its policy allows only the style and scripts that it contains. */
export function documentOf({ title, body, data }: DocumentParts): string {
  const { style, scripts } = assets()
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(style, scripts)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
${body}
<script type="application/json" id="report-data">${scriptJson(data)}</script>
${scripts.map((script): Content => html`<script>${trusted(script)}</script>\n`)}</body>
</html>
`
  return page.text
}

function policy(style: string, scripts: readonly string[]): string {
  const directives = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${scripts.map(hashOf).join(' ')}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ]
  return directives.join('; ')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
