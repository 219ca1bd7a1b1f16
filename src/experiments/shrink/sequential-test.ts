/** What a run says about the failure that is being shrunk; an invalid run says nothing. */
export type Outcome = 'failed' | 'passed' | 'invalid'

/** Failure rates that a scenario is told apart by, and the risks of telling wrong. */
export interface TestDesign {
  /** A scenario that fails in this share of runs or more counts as failing. */
  readonly failingRate: number
  /** One that fails in this share or less does not. */
  readonly passingRate: number
  /** Chance to take a scenario of the passing rate for a failing one. */
  readonly alpha: number
  /** Chance to take a scenario of the failing rate for a passing one. */
  readonly beta: number
  /** Undecided after so many runs: it is not taken. */
  readonly mostRuns: number
}

/** Expected until a failing scenario is left for want of a decision. */
const MOST_FAILURES = 36

/** With failing rate p: below 5/9 p a scenario fails too seldom to stand for the first one. 90 % against 50 %. */
export function designFor(failingRate: number): TestDesign {
  return {
    failingRate,
    passingRate: (failingRate * 5) / 9,
    alpha: 0.05,
    beta: 0.1,
    // Rare failures need more runs to be told apart.
    mostRuns: Math.ceil(MOST_FAILURES / failingRate),
  }
}

/**
 * Wald's sequential probability ratio test: after each run, whether the runs so far decide. By his bounds, the chance of an error
 * is at most α ÷ (1 − β), or β ÷ (1 − α).
 */
export function decide(failed: number, passed: number, design: TestDesign): 'fails' | 'passes' | 'open' {
  const { failingRate, passingRate, alpha, beta, mostRuns } = design
  const evidence =
    failed * Math.log(failingRate / passingRate) + passed * Math.log((1 - failingRate) / (1 - passingRate))
  if (evidence >= Math.log((1 - beta) / alpha)) return 'fails'
  if (evidence <= Math.log(beta / (1 - alpha)) || failed + passed >= mostRuns) return 'passes'
  return 'open'
}
