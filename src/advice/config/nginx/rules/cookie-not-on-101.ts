import type { ConfigRule } from '../../rule.js'
import { type Directive, effective, titleOf } from '../directive.js'
import { webSocketBlocks } from '../websocket-blocks.js'

export const cookieNotOn101: ConfigRule<Directive> = {
  name: 'cookie-not-on-101',
  explanation:
    'add_header without "always" adds nothing to a 101 answer. The client never gets the cookie, and each reconnect may go to another node.',
  change: 'add "always"',
  experiment: "wsbench compare node-kill --over 'cluster.balancer=nginx:cookie,nginx:round-robin'",
  evidence(config) {
    return webSocketBlocks(config).flatMap((block) =>
      effective(block, 'add_header')
        .filter(({ args }) => args[0]?.toLowerCase() === 'set-cookie' && args[2] !== 'always')
        .map(({ place, args }) => ({
          place,
          found: `Set-Cookie without "always" in ${titleOf(block)}`,
          lines: [`add_header Set-Cookie ${quoted(args[1] ?? '')} always;`],
        })),
    )
  },
}

function quoted(value: string): string {
  return /[\s;"']/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value
}
