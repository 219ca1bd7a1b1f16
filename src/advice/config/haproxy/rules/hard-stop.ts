import { formatDuration } from '../../../../base/format.js'
import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { haproxyMs, linesOf } from '../proxies.js'

/** Shorter than most sockets live. */
const SHORT_MS = 3_600_000

export const hardStop: ConfigRule<readonly Section[]> = {
  name: 'hard-stop',
  explanation:
    'After each reload the old process closes every socket that is still open when hard-stop-after is over, all at the same moment and without a close frame. Clients see 1006 and reconnect together.',
  change:
    'raise it, use the runtime API instead of reloads, and have clients reconnect with jitter. Without the setting, old processes stay until their last socket has closed',
  experiment: "wsbench run smoke --set 'chaos=[{ at: 2s, event: reconnect-storm }]'",
  evidence(config) {
    const global = config.filter(({ kind }) => kind === 'global')
    return global
      .flatMap((section) => linesOf(section, 'hard-stop-after'))
      .flatMap(({ place, words }) => {
        const afterMs = haproxyMs(words[1])
        if (afterMs === null || afterMs >= SHORT_MS) return []
        return [
          {
            place,
            found: `a reload closes all sockets after ${formatDuration(afterMs)}`,
            lines: ['hard-stop-after 4h   # in global'],
          },
        ]
      })
  },
}
