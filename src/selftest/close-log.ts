import type { WebSocket } from 'ws'
import { CountsByName } from '../base/records.js'

/** What a client reports for a connection that ended without a Close. */
const ABNORMAL = 1006

/** Closes connections, and counts them by the close code that the client will report. */
export class CloseLog {
  readonly byCode = new CountsByName()

  close(socket: WebSocket, how: 'destroy' | number): void {
    const code = how === 'destroy' ? ABNORMAL : how
    this.byCode.add(String(code))
    if (how === 'destroy') socket.terminate()
    else socket.close(how)
  }
}
