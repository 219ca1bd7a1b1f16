import { createConnection } from 'node:net'

/** One command to the runtime API behind a stats socket; resolves to all it answers. */
export function command(statsSocket: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(statsSocket, () => socket.end(`${line}\n`))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      answer += chunk
    })
    socket.once('end', () => resolve(answer))
    socket.once('error', reject)
  })
}

/** `ready`: up and in the pool. `maint`: nobody is sent there, cookie or not. `drain`: only who bears its cookie. */
export type SlotState = 'ready' | 'maint' | 'drain' | 'down'

const RUNNING = 2
/** Forced by the runtime API or inherited; that it was once `disabled` in the file (0x04) means nothing. */
const MAINTENANCE = 0x01 | 0x02
/** By the runtime API, or inherited. */
const DRAIN = 0x08 | 0x10

/** State of a slot by an answer to `show servers state` (HAProxy management guide §9.3). */
export function slotState(answer: string, id: string): SlotState {
  const row = answer
    .split('\n')
    .map((line) => line.split(' '))
    .find((fields) => fields[3] === id)
  const [operational, administrative] = [Number(row?.[5]), Number(row?.[6])]
  if ((administrative & MAINTENANCE) !== 0) return 'maint'
  if ((administrative & DRAIN) !== 0) return 'drain'
  return operational === RUNNING ? 'ready' : 'down'
}

/** Pid of the process that answered `show info`; null when the answer has none. */
export function processOf(answer: string): number | null {
  const pid = /^Pid: (\d+)$/m.exec(answer)?.[1]
  return pid === undefined ? null : Number(pid)
}
