import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from '../cluster/cluster.js'

const ANSWER_WITHIN_MS = 500
/** A part that is back may be slow at first. */
const BACK_WITHIN_MS = 10_000
const ASK_EVERY_MS = 250

type Answers = (withinMs: number) => Promise<boolean>

/** Asks a part that has ended; throws when it answers. */
export async function showGone(cluster: Cluster, part: string): Promise<string> {
  if (await cluster.answers(part, ANSWER_WITHIN_MS)) throw new Error(`${part} still answers`)
  return `${part} answers no more`
}

/** Asks a part that has been started or resumed; throws when it does not answer within 10 s. */
export async function showAnswers(cluster: Cluster, part: string): Promise<string> {
  const deadline = performance.now() + BACK_WITHIN_MS
  while (!(await cluster.answers(part, ANSWER_WITHIN_MS))) {
    if (performance.now() > deadline)
      throw new Error(`${part} did not answer within ${BACK_WITHIN_MS / 1000} s`)
  }
  return `${part} answers`
}

/**
 * Asks again and again while a part should be silent, for about `forMs`. The returned function ends that, and throws when
 * there was an answer; an answer that comes after it is not counted. Undefined: it was too short to ask.
 */
export function watchSilence(what: string, answers: Answers, forMs: number): () => string | undefined {
  const withinMs = Math.min(ASK_EVERY_MS, forMs / 2)
  let asked = 0
  let answered = 0
  let isOver = false
  const ask = async (): Promise<void> => {
    while (!isOver) {
      const hasAnswered = await answers(withinMs)
      if (isOver) return
      asked += 1
      if (hasAnswered) answered += 1
      await sleep(ASK_EVERY_MS)
    }
  }
  void ask()
  return () => {
    isOver = true
    if (answered > 0) throw new Error(`${what} answered ${answered} of ${asked} requests`)
    return asked > 0 ? `${what} answered none of ${asked} requests` : undefined
  }
}
