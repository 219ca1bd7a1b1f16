import { describe, it } from 'vitest'
import { bundledScenarios } from '../src/scenarios/yaml/bundled.js'
import { isClaim, runsInMiniature } from './support/bundled.js'

describe('every bundled scenario runs, in miniature', () => {
  it.each(bundledScenarios().filter((name) => !isClaim(name)))('%s', runsInMiniature)
})
