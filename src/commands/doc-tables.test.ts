import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { documented, filledIn } from './doc-tables.js'

test.each(Object.entries(documented))(
  'docs/%s has its tables as generated (after a change: npm run build)',
  (page, tables) => {
    const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
    expect(filledIn(text, tables)).toBe(text)
  },
)

test('refuses a page without the marker of a table', () => {
  expect(() => filledIn('# Gates\n', { metrics: () => '' })).toThrow(/no <!-- metrics -->/)
})
