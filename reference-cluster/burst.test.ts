import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { Burst } from './burst.js'

test('the first message of a turn goes out at once, the others together, all in order', async () => {
  const { near, far, received } = await socketPair()
  const burst = new Burst()
  const pending: number[] = []
  for (const text of ['one ', 'two ', 'three ', 'four']) {
    burst.message()
    burst.write(near, Buffer.from(text))
    pending.push(near.writableLength)
  }
  expect(pending).toEqual([0, 4, 10, 14])
  await new Promise(process.nextTick)
  expect(near.writableLength).toBe(0)
  near.end()
  await once(far, 'end')
  expect(received()).toBe('one two three four')
})

test('a large write does not wait for the end of the turn', async () => {
  const { near } = await socketPair()
  const burst = new Burst()
  const pending: number[] = []
  for (const size of [1, 65_536, 1, 1]) {
    burst.message()
    burst.write(near, Buffer.alloc(size))
    pending.push(near.writableLength)
  }
  expect(pending).toEqual([0, 65_536, 0, 1])
  near.destroy()
})

test('each turn starts over, and a socket that closed meanwhile is no error', async () => {
  const { near } = await socketPair()
  const burst = new Burst()
  burst.message()
  burst.message()
  burst.write(near, Buffer.from('lost with the socket'))
  near.destroy()
  await new Promise(process.nextTick)
  const other = (await socketPair()).near
  burst.message()
  burst.write(other, Buffer.from('at once'))
  expect(other.writableLength).toBe(0)
  other.destroy()
})

async function socketPair(): Promise<{ near: Socket; far: Socket; received: () => string }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [near] = (await once(server, 'connection')) as [Socket]
  server.close()
  let text = ''
  far.on('data', (bytes) => {
    text += bytes
  })
  near.on('error', () => {})
  near.on('close', () => far.destroy())
  return { near, far, received: () => text }
}
