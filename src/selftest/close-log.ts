import type { WebSocket } from 'ws'

/** What a client is told of a connection that ended without a Close. */
const ABNORMAL = 1006

/** Cuts connections and counts them by the code that the client will see. */
export class CloseLog {
  readonly byCode: Record<string, number> = {}

  close(socket: WebSocket, how: 'destroy' | number): void {
    const code = how === 'destroy' ? ABNORMAL : how
    this.byCode[code] = (this.byCode[code] ?? 0) + 1
    if (how === 'destroy') socket.terminate()
    else socket.close(how)
  }
}
