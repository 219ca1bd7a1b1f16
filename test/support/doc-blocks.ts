import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './wsbench.js'

/** A fenced block of a page. `info` is what stands behind the fence: `sh`, `sh exit=99`, `yaml file=checkout.yaml`. */
export interface DocBlock {
  readonly page: string
  /** Of the fence, from 1. */
  readonly line: number
  readonly language: string
  readonly settings: Readonly<Record<string, string>>
  readonly text: string
}

/** Every page that a reader may copy a command from, README first. */
export function docPages(): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  return [
    'README.md',
    'CONTRIBUTING.md',
    ...docs
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`)
      .sort(),
  ]
}

export function blocksOf(page: string, text = readFileSync(join(root, page), 'utf8')): DocBlock[] {
  const blocks: DocBlock[] = []
  let open: { fence: string; info: string; line: number; lines: string[] } | null = null
  for (const [index, line] of text.split('\n').entries()) {
    const [, fence = '', info = ''] = /^\s*(`{3,}|~{3,})\s*([^`]*)$/.exec(line) ?? []
    if (open === null) {
      if (fence !== '') open = { fence, info: info.trim(), line: index + 1, lines: [] }
    } else if (fence.startsWith(open.fence) && info.trim() === '') {
      const [language = '', ...settings] = open.info.split(/\s+/)
      blocks.push({
        page,
        line: open.line,
        language,
        settings: Object.fromEntries(settings.map((setting) => setting.split('=') as [string, string])),
        text: open.lines.join('\n'),
      })
      open = null
    } else open.lines.push(line)
  }
  return blocks
}

/** Lines that look like a command and stand where no test would run them, as `README.md:12`. */
export function strayCommands(page: string, text = readFileSync(join(root, page), 'utf8')): string[] {
  const lines = text.split('\n')
  const fenced = new Map<number, string>()
  for (const block of blocksOf(page, text)) {
    const count = block.text.split('\n').length
    for (let line = block.line; line <= block.line + count + 1; line += 1) fenced.set(line, block.language)
  }
  return lines.flatMap((line, index) => {
    const language = fenced.get(index + 1)
    const isShell = ['bash', 'shell', 'console', 'shell-session', 'zsh'].includes(language ?? '')
    const isPrompt = language !== undefined && language !== 'sh' && /^\s*(\$|npx|npm|wsbench) \S/.test(line)
    const isIndented = language === undefined && /^ {4,}(\$ )?(npx |npm |wsbench )\S/.test(line)
    return isShell || isPrompt || isIndented ? [`${page}:${index + 1}`] : []
  })
}
