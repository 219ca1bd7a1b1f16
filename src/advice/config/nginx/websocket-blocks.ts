import { childrenOf, type Directive, effective, effectiveValue, enclosing, within } from './directive.js'

/** Paths and names of upstreams that WebSockets usually have. */
const typicalName =
  /(?:^|[/_.:-])(?:wss?|websockets?|socket\.io|sockjs|cable|signalr|hubs?|mqtt|realtime|stomp)(?:[/_.:$-]|\d|$)/i

/** Blocks that pass HTTP requests on: `location`, and `if` within one. */
export function passingBlocks(config: Directive): Directive[] {
  return [...within(config)].filter(
    (directive) => childrenOf(directive, 'proxy_pass').length > 0 && enclosing(directive, 'stream') === null,
  )
}

/** Those of them that pass `Upgrade` on, so that WebSockets can go through. */
export function webSocketBlocks(config: Directive): Directive[] {
  return passingBlocks(config).filter((block) => proxyHeader(block, 'Upgrade') !== undefined)
}

/** The value that the upstream gets; undefined if the header is not set here, or set to nothing. */
export function proxyHeader(block: Directive, name: string): string | undefined {
  const set = effective(block, 'proxy_set_header').filter(
    ({ args }) => args[0]?.toLowerCase() === name.toLowerCase(),
  )
  return set.at(-1)?.args[1] || undefined
}

export function looksLikeWebSocket(block: Directive): boolean {
  const target = effectiveValue(block, 'proxy_pass') ?? ''
  const location = enclosing(block, 'location')
  return [...(location?.args ?? []), target.replace(/^https?:\/\//, '')].some((text) =>
    typicalName.test(text),
  )
}

/** The `upstream` that a block passes to; null for an address or a variable. */
export function upstreamOf(config: Directive, block: Directive): Directive | null {
  const name = /^https?:\/\/([^/:]+)/.exec(effectiveValue(block, 'proxy_pass') ?? '')?.[1]
  const upstreams = [...within(config)].filter((directive) => directive.name === 'upstream')
  return upstreams.find(({ args }) => args[0] === name) ?? null
}

const units: Readonly<Record<string, number>> = {
  ms: 1,
  '': 1000,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** `60`, `90s`, `1h 30m`; null for anything else. */
export function nginxMs(text: string): number | null {
  const parts = [...text.matchAll(/(\d+)(ms|[smhdw]?)/g)]
  if (parts.map(([part]) => part).join('') !== text.replaceAll(' ', '') || parts.length === 0) return null
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * units[unit!]!, 0)
}
