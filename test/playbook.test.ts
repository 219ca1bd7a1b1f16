import { it } from 'vitest'
import { bundledScenarios } from '../src/scenarios/yaml/bundled.js'
import { isClaim, runsInMiniature } from './support/bundled.js'
import { describeReal } from './support/wsbench.js'

describeReal('every claim of the playbook is put on trial, in miniature', ['redis-server'], () => {
  it.each(bundledScenarios().filter(isClaim))('%s', runsInMiniature)
})
