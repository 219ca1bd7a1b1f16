import { mkdirSync } from 'node:fs'
import { expect, it } from 'vitest'
import { asSetupError } from './system-error.js'

it('an error of the operating system is a set-up error that says what to do', () => {
  const tooLong = (): unknown => mkdirSync(`/tmp/${'x'.repeat(300)}`)
  let caught: unknown
  try {
    tooLong()
  } catch (error) {
    caught = error
  }
  expect(asSetupError(caught)).toMatchObject({ exit: 'setup', hint: 'use a shorter path', cause: caught })
})

it('any other error is a bug', () => {
  expect(asSetupError(new TypeError('x is not a function'))).toBeNull()
  expect(asSetupError(Object.assign(new Error('strange'), { code: 'ERR_INVALID_ARG_TYPE' }))).toBeNull()
})
