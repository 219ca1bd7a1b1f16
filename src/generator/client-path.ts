import type { ClientsPlan } from '../plan/plan.js'
import { CLIENT_ID_PARAMETER } from '../protocols/reference.js'

/** What a client asks an endpoint's `path` for: with its id, the same for life, where the strategy goes by that. */
export function clientPath(path: string, { sendsClientId }: ClientsPlan, id: string): string {
  if (!sendsClientId) return path
  return `${path}${path.includes('?') ? '&' : '?'}${CLIENT_ID_PARAMETER}=${id}`
}
