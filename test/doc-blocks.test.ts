import { describe, expect, it } from 'vitest'
import { blocksOf, strayCommands } from './support/doc-blocks.js'

const page = [
  '# Page',
  '```sh exit=99',
  'wsbench run smoke',
  '```',
  '- item',
  '  ```yaml file=a.yaml',
  '  name: a',
  '  ```',
].join('\n')

it('finds fenced blocks with their place, language and settings', () => {
  expect(blocksOf('page.md', page)).toEqual([
    { page: 'page.md', line: 2, language: 'sh', settings: { exit: '99' }, text: 'wsbench run smoke' },
    { page: 'page.md', line: 6, language: 'yaml', settings: { file: 'a.yaml' }, text: '  name: a' },
  ])
  expect(strayCommands('page.md', page)).toEqual([])
})

describe('a command that no test would run is found', () => {
  it.each([
    [
      'in a block of another name',
      '```bash\nwsbench run smoke\n```',
      ['page.md:1', 'page.md:2', 'page.md:3'],
    ],
    ['behind a prompt', '```text\n$ wsbench run smoke\n```', ['page.md:2']],
    ['among output', '```text\nwsbench run smoke\n```', ['page.md:2']],
    ['indented', 'text\n\n    npx wsbench run smoke', ['page.md:3']],
  ])('%s', (_, text, places) => {
    expect(strayCommands('page.md', text)).toEqual(places)
  })
})
