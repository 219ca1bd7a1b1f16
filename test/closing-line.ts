import type { Reporter, TestModule } from 'vitest/node'

/** Ends the output with the plain line `N passed, N failed[, N skipped]` that CI reads. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, unhandledErrors: ReadonlyArray<unknown>): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      let broken = module.errors().length
      for (const test of module.children.allTests()) {
        count[test.result().state] += 1
        if (test.result().state === 'failed') broken = 0
      }
      count.failed += broken > 0 ? 1 : 0
    }
    const skipped = count.skipped + count.pending
    // After vitest's own summary, which it prints in the same hook.
    process.once('exit', () =>
      console.log(
        `\n${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
      ),
    )
  }
}
