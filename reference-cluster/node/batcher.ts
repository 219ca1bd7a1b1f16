/**
 * Asks many at a time: what is asked while an answer is awaited goes out together once that is here. So each answer is
 * to a question put after it was asked.
 */
export class Batcher<Question, Answer> {
  readonly #answer: (questions: readonly Question[]) => Promise<readonly Answer[]>
  #waiting: { readonly question: Question; readonly resolve: (answer: Answer) => void }[] = []
  #isAsking = false

  /** `answer` never rejects and answers in order. */
  constructor(answer: (questions: readonly Question[]) => Promise<readonly Answer[]>) {
    this.#answer = answer
  }

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiting.push({ question, resolve })
      if (!this.#isAsking) void this.#askAll()
    })
  }

  async #askAll(): Promise<void> {
    this.#isAsking = true
    while (this.#waiting.length > 0) {
      const asked = this.#waiting
      this.#waiting = []
      const answers = await this.#answer(asked.map(({ question }) => question))
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index]!)
    }
    this.#isAsking = false
  }
}
