import { expect, it } from 'vitest'
import { fill } from './template.js'

it('fills in the values that are given, and nothing that every object has', () => {
  expect(fill({ a: ['{channel} {constructor} {unknown}'] }, { channel: 'c1' })).toEqual({
    a: ['c1 {constructor} {unknown}'],
  })
})
