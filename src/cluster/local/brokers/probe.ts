import { createConnection } from 'node:net'

const ANSWER_WITHIN_MS = 1_000

/** Connects and sends `request`. Resolves with whether the answer satisfies `isAnswer` within 1 s; never rejects. */
export function probe(
  { host, port }: { readonly host: string; readonly port: number },
  request: string,
  isAnswer: (text: string) => boolean,
): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = createConnection({ host, port, timeout: ANSWER_WITHIN_MS }, () => socket.write(request))
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
