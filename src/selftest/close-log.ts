import type { WebSocket } from 'ws'

/** What a client reports for a connection that ended without a Close. */
const ABNORMAL = 1006

/** Closes connections, and counts them by the close code that the client will report. */
export class CloseLog {
  readonly byCode: Record<string, number> = {}

  close(socket: WebSocket, how: 'destroy' | number): void {
    const code = how === 'destroy' ? ABNORMAL : how
    this.byCode[code] = (this.byCode[code] ?? 0) + 1
    if (how === 'destroy') socket.terminate()
    else socket.close(how)
  }
}
