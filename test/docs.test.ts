import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { blocksOf, docPages, strayCommands } from './support/doc-blocks.js'
import { DocRunner } from './support/doc-runner.js'
import { describeReal, root } from './support/wsbench.js'

/** Blocks that begin so are not run, and why. */
const notRun: Readonly<Record<string, string>> = {
  'npm ci': 'installs, builds or tests: .ci/run does',
  'npm run build': 'replaces the build that other tests run',
}

const pages = docPages().map((page) => ({
  page,
  blocks: blocksOf(page).filter(({ language }) => ['sh', 'yaml'].includes(language)),
}))
const isNotRun = (text: string) => Object.keys(notRun).some((start) => text.startsWith(start))

describe('the docs', () => {
  it('have no command where no test would run it', () => {
    expect(docPages().flatMap((page) => strayCommands(page))).toEqual([])
  })

  it('leave out only what is there', () => {
    const texts = pages
      .flatMap(({ blocks }) => blocks.filter(({ language }) => language === 'sh'))
      .map(({ text }) => text)
    expect(Object.keys(notRun).filter((start) => !texts.some((text) => text.startsWith(start)))).toEqual([])
  })

  it('name files that exist', () => {
    const links = docPages().flatMap((page) => brokenLinks(page))
    expect(links).toEqual([])
  })
})

describeReal(
  'every command of the docs does what the page says',
  ['nginx', 'haproxy', 'redis-server'],
  () => {
    const runner = new DocRunner()
    afterAll(() => runner.dispose())

    it.each(pages.filter(({ blocks }) => blocks.some(({ language }) => language === 'sh')))(
      '$page',
      async ({ blocks }) => {
        const directory = runner.page()
        for (const block of blocks) {
          const { language, settings, text } = block
          if (language === 'yaml' && settings.file) writeFileSync(join(directory, settings.file), `${text}\n`)
          if (language === 'sh' && !isNotRun(text)) await runner.run(block, directory)
        }
      },
    )
  },
)

/** Links and pictures of a page to files of the repository that are not there. */
function brokenLinks(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll(/<!--.*?-->/gs, '')
  return [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
    .map(([, path]) => join(dirname(page), path!))
    .filter((path) => !existsSync(join(root, path)))
    .map((path) => `${page}: ${path}`)
}
