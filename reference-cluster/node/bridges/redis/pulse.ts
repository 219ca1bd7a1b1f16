import type { Redis } from 'ioredis'

const PINGS_IN_PATIENCE = 4

/**
 * Pings the server again and again, and breaks the connection, which then is made anew, once it has not answered for
 * `patienceMs`. Returns what ends it.
 */
export function keepPulse(connection: Redis, patienceMs: number): () => void {
  const everyMs = patienceMs / PINGS_IN_PATIENCE
  let timer: NodeJS.Timeout
  let isKept = true

  const ask = (): void => {
    let isAnswered = false
    const giveUp = (): void => {
      if (isKept && !isAnswered) connection.disconnect(true)
    }
    // Behind what has arrived: had this process been stopped, the answer would be there, but timers come first.
    timer = setTimeout(() => setImmediate(giveUp), patienceMs - everyMs)
    connection.ping().then(
      () => {
        isAnswered = true
        clearTimeout(timer)
        if (isKept) timer = setTimeout(ask, everyMs)
      },
      // The connection broke, which ends this.
      () => {},
    )
  }
  ask()
  return () => {
    isKept = false
    clearTimeout(timer)
  }
}
