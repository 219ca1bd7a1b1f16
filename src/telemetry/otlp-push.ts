import { usageError } from '../base/errors.js'
import { escapeText } from '../base/escape.js'
import { isLoopback } from '../scenarios/checks/check-target.js'

const pace = { everyMs: 5_000, timeoutMs: 3_000 }
/** Shown of a collector's answer, characters. */
const MOST_CHARACTERS = 200

/** Parses `http://127.0.0.1:4318`, to which `/v1/metrics` is added; refuses other machines unless `isPublic`. */
export function parseCollector(text: string, isPublic: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username || url.password) {
    throw usageError(
      `--otlp ${text}: expected the URL of an OTLP/HTTP collector`,
      'for example --otlp http://127.0.0.1:4318',
    )
  }
  if (!isPublic && !isLoopback(url.href)) {
    throw usageError(
      `--otlp ${text}: ${url.hostname} is not this machine`,
      'use 127.0.0.1, or add --otlp-public',
    )
  }
  if (url.pathname === '/') url.pathname = '/v1/metrics'
  return url
}

export interface OtlpPush {
  /** Pushes once more; resolves with a sentence about the pushes that failed, or null. */
  end(): Promise<string | null>
}

/**
 * Pushes `body` to a collector every few seconds, one request at a time. A push that fails is not repeated: the values are
 * cumulative, so the next one includes it. Never throws.
 */
export function pushMetrics(url: URL, body: () => Promise<object>, { everyMs, timeoutMs } = pace): OtlpPush {
  let pushes = 0
  let failures = 0
  let last = ''
  let underWay: Promise<void> | null = null
  const push = async (): Promise<void> => {
    pushes += 1
    const error = await send(url, body, timeoutMs)
    if (error === null) return
    failures += 1
    last = error
  }
  const timer = setInterval(() => {
    underWay ??= push().finally(() => {
      underWay = null
    })
  }, everyMs)
  return {
    async end() {
      clearInterval(timer)
      await underWay
      await push()
      if (failures === 0) return null
      return `${failures} of ${pushes} pushes to ${url.origin}${url.pathname} failed; the last: ${escapeText(last)}`
    },
  }
}

/** Null, or why the collector did not take everything. */
async function send(url: URL, body: () => Promise<object>, timeoutMs: number): Promise<string | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(await body()),
      // The collector must not send it on to another machine.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await answer.text()
    return answer.ok ? rejection(text) : `HTTP ${answer.status} ${text.slice(0, MOST_CHARACTERS)}`.trim()
  } catch (error) {
    const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
    return cause?.message || cause?.code || message
  }
}

/** An answer of 200 may still reject a part: `partialSuccess`. */
function rejection(text: string): string | null {
  const { partialSuccess } = (text === '' ? {} : JSON.parse(text)) as Answer
  const rejected = Number(partialSuccess?.rejectedDataPoints ?? 0)
  if (rejected === 0) return null
  return `${rejected} data points rejected: ${String(partialSuccess?.errorMessage).slice(0, MOST_CHARACTERS)}`
}

interface Answer {
  readonly partialSuccess?: { readonly rejectedDataPoints?: string | number; readonly errorMessage?: string }
}
