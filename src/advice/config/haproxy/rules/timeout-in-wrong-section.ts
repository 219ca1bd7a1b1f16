import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { linesOf, titleOf } from '../proxies.js'

const misplaced: Readonly<
  Record<string, { readonly timeouts: readonly string[]; readonly instead: string }>
> = {
  backend: { timeouts: ['client', 'client-fin', 'client-hs'], instead: 'its frontend' },
  frontend: {
    timeouts: ['server', 'server-fin', 'connect', 'queue', 'check', 'tunnel'],
    instead: 'its backend',
  },
}

export const timeoutInWrongSection: ConfigRule<readonly Section[]> = {
  name: 'timeout-in-wrong-section',
  explanation:
    'HAProxy ignores a timeout in a section that has no such side, and keeps the value of defaults. The socket is cut by a timeout that is not the one you read.',
  change: 'move the line',
  experiment: 'wsbench run your-chat.yaml --set traffic[0].rate=30/h --set phases.measure=3m',
  covers: /'timeout [\w-]+' will be ignored because/,
  evidence(config) {
    return config.flatMap((section) => {
      const { timeouts, instead } = misplaced[section.kind] ?? { timeouts: [], instead: '' }
      return linesOf(section, 'timeout')
        .filter(({ words }) => timeouts.includes(words[1] ?? ''))
        .map(({ place, words }) => ({
          place,
          found: `timeout ${words[1]} in ${titleOf(section)} has no effect`,
          lines: [`${words.join(' ')}   # in ${instead}, or in defaults`],
        }))
    })
  },
}
