import { createConnection } from 'node:net'

/** Connects and sends `request`. Resolves with whether the answer satisfies `isAnswer` in time; never rejects. */
export function probe(
  { host, port }: { readonly host: string; readonly port: number },
  request: string,
  isAnswer: (text: string) => boolean,
  withinMs = 1_000,
): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = createConnection({ host, port, timeout: withinMs }, () => socket.write(request))
    const settle = (isSo: boolean) => {
      socket.destroy()
      resolve(isSo)
    }
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (isAnswer(answer)) settle(true)
    })
    for (const event of ['timeout', 'error', 'close'] as const) socket.once(event, () => settle(false))
  })
}
