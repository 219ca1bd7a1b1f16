import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { blocksOf, docPages, strayCommands } from './support/doc-blocks.js'
import { DocRunner } from './support/doc-runner.js'
import { describeReal, root } from './support/wsbench.js'

/** Blocks that begin so are not run, and why. */
const notRun: Readonly<Record<string, string>> = {
  'npm ci': 'installs, builds or tests: .ci/run does',
  'git clone': 'needs the repository at its address',
  'npm install --save-dev': 'needs the repository at its address, or a tarball',
  'npm run bench': 'takes minutes: test/bench.test.ts runs a short one',
  'npm run build': 'replaces the build that other tests run',
  'npx wsbench run our-chat.yaml --max': 'loads a cluster of the reader, which is not here',
  'docker compose': 'needs an engine; no machine that tests run on has one',
}

const pages = docPages().map((page) => ({ page, blocks: blocksOf(page) }))
const commandBlocks = pages.flatMap(({ blocks }) => blocks.filter(({ language }) => language === 'sh'))
const isNotRun = (text: string) => Object.keys(notRun).some((start) => text.startsWith(start))

describe('the docs', () => {
  it('have no command where no test would run it', () => {
    expect(docPages().flatMap((page) => strayCommands(page))).toEqual([])
  })

  it('leave out only what is there', () => {
    const starts = Object.keys(notRun)
    expect(starts.filter((start) => !commandBlocks.some(({ text }) => text.startsWith(start)))).toEqual([])
  })

  it('link to files that exist', () => {
    expect(docPages().flatMap((page) => brokenLinks(page))).toEqual([])
  })

  it('are all to be found from their first page', () => {
    const index = readFileSync(join(root, 'docs/README.md'), 'utf8')
    const others = readdirSync(join(root, 'docs')).filter(
      (file) => file.endsWith('.md') && file !== 'README.md',
    )
    expect(others.filter((page) => !index.includes(`](${page})`))).toEqual([])
  })

  it('have files to write that compile in their place', () => {
    expect(compilerComplaints()).toBe('')
  })
})

describeReal(
  'every command of the docs does what the page says',
  ['nginx', 'haproxy', 'redis-server'],
  () => {
    const runner = new DocRunner()
    afterAll(() => runner.dispose())

    const withCommands = pages.filter(({ blocks }) =>
      blocks.some(({ language, text }) => language === 'sh' && !isNotRun(text)),
    )
    it.concurrent.each(withCommands)('$page', { timeout: 300_000 }, async ({ blocks }) => {
      const directory = runner.page()
      for (const block of blocks) {
        const { language, settings, text } = block
        if (language === 'yaml' && settings.file) writeFileSync(join(directory, settings.file), `${text}\n`)
        if (language === 'sh' && !isNotRun(text)) await runner.run(block, directory)
      }
    })
  },
)

/** Links and pictures of a page to files of the repository, or to headings of its pages, that are not there. */
function brokenLinks(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/<!--.*?-->/gs, '')
  return [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)]
    .map(([, path, anchor]) => ({ path: path ? join(dirname(page), path) : page, anchor }))
    .filter(({ path, anchor }) => !existsSync(join(root, path)) || !hasAnchor(path, anchor))
    .map(({ path, anchor }) => `${page}: ${path}${anchor ? `#${anchor}` : ''}`)
}

/** Headings get anchors as GitHub makes them. */
function hasAnchor(path: string, anchor: string | undefined): boolean {
  if (anchor === undefined || !path.endsWith('.md')) return true
  const headings = [...readFileSync(join(root, path), 'utf8').matchAll(/^#+ (.+)$/gm)].map(
    ([, text]) => text!,
  )
  const slugs = headings.map((text) =>
    text
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-'),
  )
  return slugs.includes(anchor)
}

/** What the compiler says to the pages' files (`ts file=src/…`), each with the neighbours it would have there. */
function compilerComplaints(): string {
  // Below the root, so that packages are found.
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const directory = mkdtempSync(join(cache, 'wsbench-docs-'))
  for (const { text, settings } of pages.flatMap(({ blocks }) => blocks)) {
    if (!settings.file?.endsWith('.ts')) continue
    const place = dirname(join(root, settings.file))
    const code = text.replaceAll(/from '(\.[^']+)'/g, (_, path: string) => `from '${join(place, path)}'`)
    writeFileSync(join(directory, settings.file.replaceAll('/', '-')), code)
  }
  const files = readdirSync(directory)
  const options = ['--strict', '--noEmit', '--skipLibCheck', '--module', 'NodeNext', '--target', 'ES2023']
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout } = spawnSync(
    process.execPath,
    [tsc, ...options, '--types', 'node', '--ignoreConfig', ...files],
    {
      cwd: directory,
      encoding: 'utf8',
    },
  )
  rmSync(directory, { recursive: true })
  return files.length === 0 ? 'no files' : stdout
}
