import type { Socket } from 'node:net'

const MOST_BYTES = 1 << 20

/** Calls `onMessage` with each line of JSON; any other line, or one that is too long, destroys the socket. */
export function readLines(socket: Socket, onMessage: (message: unknown) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > MOST_BYTES) socket.destroy()
    for (const line of lines) {
      try {
        onMessage(JSON.parse(line))
      } catch {
        socket.destroy()
      }
    }
  })
}

export function writeLine(socket: Socket, message: object): void {
  if (socket.writable) socket.write(`${JSON.stringify(message)}\n`)
}
