import { expect, it } from 'vitest'
import { withParameters } from './query.js'

it.each([
  ['/', [], '/'],
  ['/?flag&sig=a%20b~c&t=ab==', [['user', '山田']], '/?flag&sig=a%20b~c&t=ab==&user=%E5%B1%B1%E7%94%B0'],
  ['/p', [['q', "Ann Lee+o'c&x=ĊX: 1"]], '/p?q=Ann%20Lee%2Bo%27c%26x%3D%C4%8AX%3A%201'],
  ['/?v=1&a%20b=2&w=3', [['a b', '9']], '/?v=1&w=3&a%20b=9'],
  ['/?a=1', [['b', '\ud800']], '/?a=1&b=%EF%BF%BD'],
] as const)('%s with %j', (path, given, expected) => {
  expect(withParameters(path, {}, given)).toBe(expected)
})

it('a parameter of the protocol replaces nothing', () => {
  expect(withParameters('/?EIO=3', { EIO: '4', transport: 'websocket' }, [['transport', 'mine']])).toBe(
    '/?EIO=3&transport=mine',
  )
})
