import { describe, expect, test } from 'vitest'
import { canRun, withBalancer } from '../testing/balanced.js'
import { connect, tally } from '../testing/client.js'

describe.skipIf(!canRun('nginx'))('nginx', () => {
  test.runIf(process.platform === 'linux')('treats a /24 as one source with ip-hash', async () => {
    await withBalancer({ kind: 'nginx', strategy: 'ip-hash' }, async ({ endpoint }) => {
      const neighbours = Array.from({ length: 12 }, (_, index) => `127.20.7.${index + 1}`)
      const clients = await Promise.all(neighbours.map((localAddress) => connect(endpoint, { localAddress })))
      expect(Object.values(tally(clients))).toEqual([12])
    })
  })

  test('loses no connection while it reloads under load', async () => {
    await withBalancer({ kind: 'nginx', strategy: 'least-connections', processes: 2 }, async (balanced) => {
      const { endpoint, balancer, spare } = balanced
      let isOver = false
      let opened = 0
      const connectRepeatedly = async () => {
        while (!isOver) {
          const { socket } = await connect(endpoint)
          opened += 1
          socket.terminate()
        }
      }
      const clients = Array.from({ length: 8 }, connectRepeatedly)
      for (let reload = 0; reload < 3; reload += 1) await balancer.addNodes([await spare()])
      await balancer.removeNode('n2')
      isOver = true
      await Promise.all(clients)
      expect(opened).toBeGreaterThan(100)
    })
  })
})
