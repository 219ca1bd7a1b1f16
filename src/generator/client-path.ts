import type { ClientsPlan } from '../plan/plan.js'
import { CLIENT_ID_PARAMETER } from '../protocols/reference.js'

/** The path that a client requests: the endpoint's, with the client's id if the affinity strategy uses it. */
export function clientPath(path: string, { sendsClientId }: ClientsPlan, id: string): string {
  if (!sendsClientId) return path
  return `${path}${path.includes('?') ? '&' : '?'}${CLIENT_ID_PARAMETER}=${id}`
}
