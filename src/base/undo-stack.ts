/**
 * What was set up and must be taken down, in reverse, whatever happened in between. Each step has a deadline: one that
 * hangs is given up so that the others still run.
 */
export class UndoStack {
  readonly #steps: Step[] = []

  constructor(readonly deadlineMs: number) {}

  /** `extraMs`: what this step may take beyond the deadline of all. */
  push(title: string, undo: () => Promise<void>, extraMs = 0): void {
    this.#steps.push({ title, undo, deadlineMs: this.deadlineMs + extraMs })
  }

  /** Undoes everything; returns what went wrong, a sentence each. */
  async all(): Promise<string[]> {
    const troubles: string[] = []
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await withDeadline(step.undo(), step.deadlineMs)
      } catch (error) {
        troubles.push(`taking down ${step.title}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    return troubles
  }
}

interface Step {
  readonly title: string
  readonly undo: () => Promise<void>
  readonly deadlineMs: number
}

async function withDeadline(work: Promise<void>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${deadlineMs} ms`)), deadlineMs)
  })
  try {
    await Promise.race([work, tooLate])
  } finally {
    clearTimeout(timer)
  }
}
