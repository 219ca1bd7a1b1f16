import { stripVTControlCharacters } from 'node:util'
import type { Reporter, TestCase, TestModule } from 'vitest/node'

const summaryLength = 300

/**
 * Ends the output with one line for each failed test, because a CI log may be kept only in part, and with the plain line
 * `N passed, N failed[, N skipped]` that CI reads.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(
    modules: ReadonlyArray<TestModule>,
    unhandledErrors: ReadonlyArray<{ message: string }>,
  ): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    const failures = unhandledErrors.map(({ message }) => `unhandled error: ${message}`)
    for (const module of modules) {
      const broken = module.errors().map(({ message }) => `${module.moduleId}: ${message}`)
      const failed: string[] = []
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        if (state === 'failed') failed.push(describeFailure(test))
        else count[state] += 1
      }
      failures.push(...(failed.length > 0 ? failed : broken.slice(0, 1)))
    }
    count.failed = failures.length
    const skipped = count.skipped + count.pending
    // After vitest's own summary, which it prints in the same hook.
    process.once('exit', () => {
      console.log(['', ...failures.map((failure) => `failed: ${oneLine(failure)}`)].join('\n'))
      console.log(
        `${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
      )
    })
  }
}

function describeFailure(test: TestCase): string {
  const message = test.result().errors?.[0]?.message ?? ''
  return `${test.module.relativeModuleId} > ${test.fullName}: ${message}`
}

function oneLine(text: string): string {
  const line = stripVTControlCharacters(text).replaceAll(/\s+/g, ' ')
  // Both ends of a message tell what was expected: the middle is left out.
  return line.length <= summaryLength ? line : `${line.slice(0, 200)} … ${line.slice(-100)}`
}
