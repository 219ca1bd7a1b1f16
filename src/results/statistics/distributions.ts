/** Tails and quantiles of the distributions that runs are judged by. All probabilities are 0 … 1. */

/** P(T > t) of Student's distribution. */
export function studentTail(t: number, degrees: number): number {
  if (t === Number.POSITIVE_INFINITY) return 0
  const half = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
  return t > 0 ? half : 1 - half
}

/** The t that is exceeded with probability `tail`. */
export const studentQuantile = remembered((tail: number, degrees: number): number => {
  if (tail > 0.5) return -studentQuantile(1 - tail, degrees)
  let high = 1
  while (studentTail(high, degrees) > tail) high *= 2
  return bisect((t) => studentTail(t, degrees) <= tail, 0, high)
})

/** A function that keeps what it found: all metrics of a report ask for the same few. */
export function remembered<Found>(find: (one: number, other: number) => Found) {
  const found = new Map<string, Found>()
  return (one: number, other: number): Found => {
    const key = `${one} ${other}`
    const known = found.get(key) ?? find(one, other)
    found.set(key, known)
    return known
  }
}

/** The same of the normal distribution: Student's with so many degrees of freedom that no digit of use differs. */
export function normalQuantile(tail: number): number {
  return studentQuantile(tail, 1e6)
}

/** P(X ≥ count) of a Poisson variable. */
export function poissonTail(count: number, mean: number): number {
  let term = Math.exp(-mean)
  let below = 0
  for (let value = 0; value < count; value += 1) {
    below += term
    term *= mean / (value + 1)
  }
  return Math.max(0, 1 - below)
}

/**
 * P(X ≥ count) of a binomial variable. `count` and `trials` need not be whole: over-dispersed counts are divided by
 * their dispersion.
 */
export function binomialTail(count: number, trials: number, probability: number): number {
  return count <= 0 ? 1 : incompleteBeta(probability, count, trials - count + 1)
}

/** Where a condition begins to hold between `low` and `high`, to the last digit. */
export function bisect(holds: (value: number) => boolean, low: number, high: number): number {
  let [from, to] = [low, high]
  for (let step = 0; step < 60; step += 1) {
    const middle = (from + to) / 2
    if (holds(middle)) to = middle
    else from = middle
  }
  return to
}

/** I_x(a, b), regularized: the continued fraction of DLMF 8.17.22 by Lentz's method. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The fraction converges fast below the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)
  let c = 1
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    let factor = 1
    for (const term of [even, odd]) {
      d = 1 / awayFromZero(1 + term * d)
      c = awayFromZero(1 + term / c)
      factor = d * c
      fraction *= factor
    }
    if (Math.abs(factor - 1) < 1e-14) break
  }
  return (Math.exp(logFront) * fraction) / a
}

const MOST_TERMS = 10_000

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value
}

/** ln Γ(x) for x > 0, to some 15 digits: Lanczos's approximation with g = 7. */
function logGamma(x: number): number {
  const base = x + LANCZOS_G - 0.5
  const series = lanczos.reduce(
    (sum, coefficient, index) => sum + (index === 0 ? coefficient : coefficient / (x + index - 1)),
    0,
  )
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series)
}

const LANCZOS_G = 7
const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const
