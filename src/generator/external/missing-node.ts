import { setupError, type WsbenchError } from '../../base/errors.js'
import { nearest } from '../../base/nearest.js'
import type { TargetPlan } from '../../cluster/external/target-plan.js'
import type { ResponseHead } from '../wire/response-head.js'

/** Says that the first handshake at `endpoint` does not name its node, and what it has in place of it. */
export function missingNode(
  endpoint: string,
  { from, name }: NonNullable<TargetPlan['node']>,
  head: ResponseHead | null,
): WsbenchError {
  const present = head === null ? [] : namesIn[from](head)
  const meant = nearest(name, present)
  const hint = [
    ...(meant === undefined ? [] : [`did you mean ${meant}?`]),
    ...(present.length === 0 ? [] : [`It has ${present.slice(0, MOST).join(', ')}.`]),
    `Correct target.node.${from}, or remove target.node: then balance and affinity are not measured`,
  ].join(' ')
  return setupError(`target ${endpoint}: ${where[from]} ${name}, which names the node`, hint)
}

/** Names that are shown. */
const MOST = 20

const where = {
  header: 'the answer to the handshake has no header',
  cookie: 'the answer to the handshake sets no cookie',
  message: 'no message before the confirmation of the subscription has a JSON field',
} as const

const namesIn: Readonly<Record<keyof typeof where, (head: ResponseHead) => string[]>> = {
  header: ({ headers }) => [...headers.keys()],
  cookie: ({ setCookies }) => setCookies.map((line) => line.split('=', 1)[0]!.trim()),
  message: () => [],
}
