import type { Redis } from 'ioredis'

const PINGS_IN_PATIENCE = 4

/**
 * Pings the server regularly, and reconnects when it has not answered for `patienceMs`. The returned function ends the
 * pings.
 */
export function keepPulse(connection: Redis, patienceMs: number): () => void {
  const everyMs = patienceMs / PINGS_IN_PATIENCE
  let timer: NodeJS.Timeout
  let isKept = true

  const ping = (): void => {
    let isAnswered = false
    const giveUp = (): void => {
      if (isKept && !isAnswered) connection.disconnect(true)
    }
    // After I/O: if this process was stopped, the answer may have arrived already, but timers run first.
    timer = setTimeout(() => setImmediate(giveUp), patienceMs - everyMs)
    connection.ping().then(
      () => {
        isAnswered = true
        clearTimeout(timer)
        if (isKept) timer = setTimeout(ping, everyMs)
      },
      // The connection was lost, which ends the pings.
      () => {},
    )
  }
  ping()
  return () => {
    isKept = false
    clearTimeout(timer)
  }
}
