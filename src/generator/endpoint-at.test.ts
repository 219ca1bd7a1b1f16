import { expect, it } from 'vitest'
import { endpointAt } from './endpoint-at.js'

const at = (host: string, addresses?: readonly string[]) => ({
  host,
  port: 1,
  path: '/',
  tls: null,
  ...(addresses && { addresses }),
})
const endpoints = [at('a', ['1', '2']), at('b', ['3', '4', '5']), at('127.0.0.1')]

it('goes round the endpoints, and each time round to the next address of each', () => {
  const chosen = Array.from({ length: 9 }, (_, index) => endpointAt(endpoints, index).address)
  expect(chosen).toEqual(['1', '3', undefined, '2', '4', undefined, '1', '5', undefined])
})

it('goes on to the next address after a failure', () => {
  expect([0, 1, 2].map((turn) => endpointAt(endpoints, 1, turn).address)).toEqual(['3', '4', '5'])
})
