/**
 * Decides purely, as vegeta's pacer does: how many of `total` starts should have begun `elapsedMicros` after the first,
 * at `rateHz`. Never more than `total`; the first is due at once.
 */
export function dueStarts(rateHz: number, elapsedMicros: number, total: number): number {
  return Math.min(total, Math.floor((elapsedMicros * rateHz) / 1e6) + 1)
}

/**
 * Full-jitter back-off (AWS Architecture Blog, "Exponential Backoff And Jitter"): uniform in
 * [0, min(cap, base · 2^attempt)), ms.
 */
export function backoffMs(
  { baseMs, capMs }: { readonly baseMs: number; readonly capMs: number },
  attempt: number,
  random: () => number,
): number {
  return random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30))
}
