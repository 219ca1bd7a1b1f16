import { it } from 'vitest'
import { bundledScenarios } from '../src/scenarios/yaml/bundled.js'
import { isClaim, runsInMiniature } from './support/bundled.js'
import { describeReal } from './support/wsbench.js'

describeReal(
  'every claim of the article (docs/findings.md) is tested, in miniature',
  ['redis-server'],
  () => {
    it.each(bundledScenarios().filter(isClaim))('%s', runsInMiniature)
  },
)
