/**
 * Batches requests: those made while a batch is in flight are sent together as the next batch. A request is never answered
 * by a batch that was already in flight.
 */
export class Batcher<Request, Answer> {
  readonly #send: (batch: readonly Request[]) => Promise<readonly Answer[]>
  #waiting: { readonly request: Request; readonly resolve: (answer: Answer) => void }[] = []
  #isInFlight = false

  /** `send` never rejects; its answers are in the order of the requests. */
  constructor(send: (batch: readonly Request[]) => Promise<readonly Answer[]>) {
    this.#send = send
  }

  request(request: Request): Promise<Answer> {
    return new Promise((resolve) => {
      this.#waiting.push({ request, resolve })
      if (!this.#isInFlight) void this.#sendAll()
    })
  }

  async #sendAll(): Promise<void> {
    this.#isInFlight = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      const answers = await this.#send(batch.map(({ request }) => request))
      for (const [index, { resolve }] of batch.entries()) resolve(answers[index]!)
    }
    this.#isInFlight = false
  }
}
