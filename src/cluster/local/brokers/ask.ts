import { createConnection } from 'node:net'

const ANSWER_WITHIN_MS = 1_000

/** Connects, says `question`, and tells whether the answer so far satisfies `isAnswer` within 1 s. Never rejects. */
export function ask(
  { host, port }: { readonly host: string; readonly port: number },
  question: string,
  isAnswer: (text: string) => boolean,
): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = createConnection({ host, port, timeout: ANSWER_WITHIN_MS }, () => socket.write(question))
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
