import { formatCount } from '../../base/format.js'
import { sumOf } from '../../base/sum.js'
import type { Plan } from '../../plan/plan.js'
import { refusalWords } from '../refusals.js'
import type { RefusalResult, Result } from '../result.js'

type Connections = Pick<Result['connections'], 'neverSubscribed' | 'publishersNeverConnected' | 'refusals'>

/** Reasons that are told apart in a sentence. */
const MOST_REASONS = 3

/** `8 of 20 clients never subscribed: closed with 4401 token expired`, and the same of publishers. */
export function keptOutWords(
  { neverSubscribed, publishersNeverConnected, refusals }: Connections,
  { clients, channels }: Pick<Plan, 'clients' | 'channels'>,
): string[] {
  const publishers = sumOf(channels, (group) => (group.via === 'client' ? group.count * group.publishers : 0))
  return [
    ...sentence(`${formatCount(neverSubscribed)} of ${formatCount(clients.count)} clients never subscribed`, {
      total: neverSubscribed,
      refusals,
      keptOut: (refusal) => refusal.neverSubscribed,
    }),
    ...sentence(
      `${formatCount(publishersNeverConnected)} of ${formatCount(publishers)} publishers never connected`,
      {
        total: publishersNeverConnected,
        refusals,
        keptOut: ({ neverConnected }) => neverConnected,
      },
    ),
  ]
}

interface KeptOut {
  readonly total: number
  readonly refusals: readonly RefusalResult[]
  readonly keptOut: (refusal: RefusalResult) => number
}

/** A single reason needs no count. */
function sentence(subject: string, { total, refusals, keptOut }: KeptOut): string[] {
  if (total === 0) return []
  const causes = refusals
    .filter((refusal) => keptOut(refusal) > 0)
    .toSorted((one, other) => keptOut(other) - keptOut(one))
  const named = causes.slice(0, MOST_REASONS)
  const rest = total - sumOf(named, keptOut)
  const isSingle = named.length === 1 && rest === 0
  const reasons = [
    ...named.map((refusal) => (isSingle ? '' : `${formatCount(keptOut(refusal))} `) + refusalWords(refusal)),
    ...(rest > 0 && named.length > 0 ? [`${formatCount(rest)} otherwise`] : []),
  ]
  return [reasons.length === 0 ? subject : `${subject}: ${reasons.join(', ')}`]
}
