import { describeError } from './errors.js'

/**
 * What was set up and must be taken down again, in reverse order. Each step has a deadline: one that hangs is abandoned, so
 * that the others still run.
 */
export class UndoStack {
  readonly #steps: Step[] = []

  constructor(readonly deadlineMs: number) {}

  /** `extraMs` is added to the deadline. */
  push(title: string, undo: () => Promise<void>, extraMs = 0): void {
    this.#steps.push({ title, undo, deadlineMs: this.deadlineMs + extraMs })
  }

  /** Undoes everything; returns the errors, a sentence each. */
  async all(): Promise<string[]> {
    const errors: string[] = []
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await withDeadline(step.undo(), step.deadlineMs)
      } catch (error) {
        errors.push(`taking down ${step.title}: ${describeError(error)}`)
      }
    }
    return errors
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
