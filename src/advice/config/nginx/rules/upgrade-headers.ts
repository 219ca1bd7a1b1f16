import type { ConfigRule, Evidence } from '../../rule.js'
import { childrenOf, type Directive, effectiveValue, titleOf } from '../directive.js'
import { looksLikeWebSocket, passingBlocks, proxyHeader, webSocketBlocks } from '../websocket-blocks.js'

export const upgradeHeaders: ConfigRule<Directive> = {
  name: 'upgrade-headers',
  explanation:
    'Upgrade and Connection belong to one hop: nginx passes them on only if it is told to, and over HTTP/1.1. The node gets a plain request and answers 400, 404 or 426, so no socket opens (socket.io falls back to long polling).',
  change: 'set both headers and the version where the request is passed on',
  experiment: "wsbench run your-chat.yaml --set 'gates+=connections.failed == 0'",
  evidence(config, { version }) {
    const defaultVersion = isSince(version, [1, 29, 7]) ? '1.1' : '1.0'
    const passing = passingBlocks(config)
    const upgraded = webSocketBlocks(config)
    const broken = passing.filter((block) => upgraded.includes(block) || looksLikeWebSocket(block))
    const [first] = passing
    if (broken.length === 0 && upgraded.length === 0 && first)
      return [
        {
          ...missingIn(first, defaultVersion)!,
          found: 'no location passes Upgrade on, so no WebSocket gets through',
        },
      ]
    return broken.flatMap((block) => missingIn(block, defaultVersion) ?? [])
  },
}

function missingIn(block: Directive, defaultVersion: string): Evidence | null {
  const connection = proxyHeader(block, 'Connection')
  const lines = [
    ...((effectiveValue(block, 'proxy_http_version') ?? defaultVersion) === '1.1'
      ? []
      : ['proxy_http_version 1.1;']),
    ...(proxyHeader(block, 'Upgrade') ? [] : ['proxy_set_header Upgrade $http_upgrade;']),
    ...(connection !== undefined && /upgrade|\$/i.test(connection)
      ? []
      : ['proxy_set_header Connection "upgrade";']),
  ]
  if (lines.length === 0) return null
  const missing = lines.map((line) => line.split(' ').slice(0, -1).join(' ')).join(', ')
  return {
    place: block.place,
    found: `${titleOf(block)} lacks ${missing}${replacedWords(block)}`,
    lines: lines.map((line) => `${line}   # in ${titleOf(block)}`),
  }
}

/** Says so if the headers are set around the block, and its own replace them. */
function replacedWords(block: Directive): string {
  const [own] = childrenOf(block, 'proxy_set_header')
  const isSetAround = block.parent !== null && proxyHeader(block.parent, 'Upgrade') !== undefined
  return own && isSetAround && !proxyHeader(block, 'Upgrade')
    ? `: its own proxy_set_header (line ${own.place.line}) replaces all of those around it`
    : ''
}

function isSince(version: string | null, since: readonly number[]): boolean {
  const numbers = (version ?? '').split('.').map(Number)
  const differs = since.findIndex((number, index) => numbers[index] !== number)
  return version !== null && (differs === -1 || numbers[differs]! > since[differs]!)
}
