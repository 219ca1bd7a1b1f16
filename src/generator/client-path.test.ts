import { expect, it } from 'vitest'
import { samplePlan } from '../results/testing/sample-plan.js'
import { clientPath } from './client-path.js'

const { clients } = samplePlan()

it.each([
  [false, '/ws/', '/ws/'],
  [true, '/ws/', '/ws/?client=c17'],
  [true, '/ws/?room=a', '/ws/?room=a&client=c17'],
])('sendsClientId %s: %s becomes %s', (sendsClientId, path, asked) => {
  expect(clientPath(path, { ...clients, sendsClientId }, 'c17')).toBe(asked)
})
