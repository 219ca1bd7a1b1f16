import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { drawLoopbackHost, freePort } from './loopback.js'

test.runIf(process.platform === 'linux')('each run has a loopback address of its own', async () => {
  const hosts = await Promise.all(Array.from({ length: 5 }, drawLoopbackHost))
  for (const host of hosts) expect(host).toMatch(/^127\.25[0-4]\.\d+\.\d+$/)
  expect(new Set(hosts).size).toBeGreaterThan(1)
})

test('a free port can be listened on', async () => {
  const host = await drawLoopbackHost()
  const server = createServer().listen({ host, port: await freePort(host) })
  await once(server, 'listening')
  server.close()
})

test('an address of another machine is a set-up error', async () => {
  await expect(freePort('192.0.2.1')).rejects.toMatchObject({ exit: 'setup' })
})
