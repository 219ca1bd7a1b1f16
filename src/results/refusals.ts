/**
 * When the server refused: `connect`, the connection did not open; `subscribe`, it opened and ended before it was subscribed;
 * `subscribed`, it ended later; `publish`, a message was refused. `any`: what is summed up as other.
 */
export const refusalStages = ['connect', 'subscribe', 'subscribed', 'publish', 'any'] as const
export type RefusalStage = (typeof refusalStages)[number]

/** Connections and messages that were refused in the same way and the same words. */
export interface Refusal {
  readonly stage: RefusalStage
  /** A ConnectFailure; `close-…` or `rejected` at the later stages; `other`. */
  readonly kind: string
  /** The server's, as it gave them: printable, short, without secrets; empty if there were none. */
  readonly words: string
  readonly count: number
  readonly firstMicros: number
  /** The client or publisher that was refused first: `c17`, `p3`. */
  readonly example: string
  /** Clients that were not subscribed once, and publishers that were not connected once, whose last refusal this was. */
  readonly neverSubscribed: number
  readonly neverConnected: number
}

/** How many are kept apart, in a worker and in a result; the others are summed up. */
export const MAX_REFUSALS = 50

/** Of all workers: the most frequent first, the others last, as one. */
export function mergeRefusals(all: readonly Refusal[]): Refusal[] {
  const merged = new Map<string, Refusal>()
  for (const refusal of all) {
    const key = keyOf(refusal)
    merged.set(key, sumOfTwo(merged.get(key), refusal))
  }
  const others = [...merged.values()].filter(({ stage }) => stage === 'any')
  const named = [...merged.values()]
    .filter(({ stage }) => stage !== 'any')
    .toSorted((one, other) => other.count - one.count || one.firstMicros - other.firstMicros)
  const rest = [...named.slice(MAX_REFUSALS), ...others].reduce(sumOfTwo, undefined)
  return [...named.slice(0, MAX_REFUSALS), ...(rest ? [{ ...rest, ...OTHER }] : [])]
}

export const OTHER = { stage: 'any', kind: 'other', words: '' } as const

export function keyOf({ stage, kind, words }: Pick<Refusal, 'stage' | 'kind' | 'words'>): string {
  return `${stage} ${kind} ${words}`
}

function sumOfTwo(one: Refusal | undefined, other: Refusal): Refusal {
  if (one === undefined) return other
  const first = one.firstMicros <= other.firstMicros ? one : other
  return {
    ...first,
    count: one.count + other.count,
    neverSubscribed: one.neverSubscribed + other.neverSubscribed,
    neverConnected: one.neverConnected + other.neverConnected,
  }
}

/** `closed with 4401 token expired`, `http-301 Moved Permanently; Location: /ws/`, `publish refused: no rights`. */
export function refusalWords({ stage, kind, words }: Pick<Refusal, 'stage' | 'kind' | 'words'>): string {
  const what = kind.startsWith('close-') ? `closed with ${kind.slice('close-'.length)}` : named(stage, kind)
  if (words === '') return what
  return /^(?:closed with|http-)/.test(what) ? `${what} ${words}` : `${what}: ${words}`
}

function named(stage: RefusalStage, kind: string): string {
  if (kind !== 'rejected') return kind
  return stage === 'publish' ? 'publish refused' : 'rejected'
}

/** Whether the server itself turned the client away; other failures can have their cause on the way or in the load. */
export function isServersOwn({ kind }: Pick<Refusal, 'kind'>): boolean {
  return kind === 'rejected' || (/^(?:http-[34]|close-)/.test(kind) && kind !== 'close-1006')
}
