import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { ClusterNode } from './cluster.js'
import { backlogDisconnectsOf } from './node-stats.js'

/** A node whose /stats has this counter; null: a node without /stats. */
async function nodeWith(backlogDisconnects: number | null): Promise<ClusterNode> {
  const server = createServer((request, response) => {
    const isKnown = request.url === '/stats' && backlogDisconnects !== null
    response.writeHead(isKnown ? 200 : 404).end(JSON.stringify({ backlogDisconnects }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { id: 'n1', host: '127.0.0.1', port: (server.address() as AddressInfo).port, state: 'up' }
}

test.each([
  ['all nodes together', [2, 3], 5],
  ['one of them without /stats', [2, null], null],
  ['no nodes', [], null],
])('%s', async (_, counts, sum) => {
  expect(await backlogDisconnectsOf(await Promise.all(counts.map(nodeWith)))).toBe(sum)
})
