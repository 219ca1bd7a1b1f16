import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { relayStderr } from './relay-stderr.js'

/** What is printed of these pieces of a child's stderr. */
async function relayed(...pieces: string[]): Promise<string[]> {
  const child = new PassThrough()
  const printed: string[] = []
  relayStderr(child, { print: (line) => void printed.push(line) })
  for (const piece of pieces) child.write(piece)
  child.end()
  await once(child, 'end')
  return printed
}

test('whole lines, and the last one without an end', async () => {
  expect(await relayed('on', 'e\ntwo\nth', 'ree')).toEqual(['one', 'two', 'three'])
})

test('no more than 1,000 lines', async () => {
  const printed = await relayed('line\n'.repeat(5_000))
  expect(printed).toHaveLength(1_000)
  expect(printed.at(-1)).toMatch(/not shown/)
})

test('a line without end is not collected for ever', async () => {
  const printed = await relayed(...Array.from({ length: 10 }, () => 'x'.repeat(6_000)))
  expect(printed.length).toBeGreaterThan(2)
})
