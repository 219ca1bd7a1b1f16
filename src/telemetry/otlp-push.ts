import { WsbenchError } from '../base/errors.js'
import { escapeText } from '../base/escape.js'
import { isLoopback } from '../scenarios/checks/check-target.js'

const pace = { everyMs: 5_000, timeoutMs: 3_000 }
/** Of what a collector says, characters. */
const MOST_WORDS = 200

/** Reads `http://127.0.0.1:4318`, to which `/v1/metrics` is added; refuses what is not on this machine unless `isPublic`. */
export function parseCollector(text: string, isPublic: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.username || url.password) {
    throw new WsbenchError(`--otlp ${text}: expected the URL of an OTLP/HTTP collector`, {
      exit: 'usage',
      hint: 'for example --otlp http://127.0.0.1:4318',
    })
  }
  if (!isPublic && !isLoopback(url.href)) {
    throw new WsbenchError(`--otlp ${text}: ${url.hostname} is not this machine`, {
      exit: 'usage',
      hint: 'use 127.0.0.1, or add --otlp-public',
    })
  }
  if (url.pathname === '/') url.pathname = '/v1/metrics'
  return url
}

export interface OtlpPush {
  /** Pushes once more; resolves with what went wrong in all, in words, null where nothing did. */
  end(): Promise<string | null>
}

/**
 * Pushes `body` to a collector now and then. What fails is not sent again: all is cumulative, and the next push says it too.
 * Never throws, and has one request under way at most.
 */
export function pushMetrics(url: URL, body: () => Promise<object>, { everyMs, timeoutMs } = pace): OtlpPush {
  let pushes = 0
  let failures = 0
  let last = ''
  let underWay: Promise<void> | null = null
  const push = async (): Promise<void> => {
    pushes += 1
    const trouble = await send(url, body, timeoutMs)
    if (trouble === null) return
    failures += 1
    last = trouble
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
      return `${failures} of ${pushes} pushes to ${url.origin}${url.pathname} failed, at last: ${escapeText(last)}`
    },
  }
}

/** Null, or why the collector has not all of it. */
async function send(url: URL, body: () => Promise<object>, timeoutMs: number): Promise<string | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(await body()),
      // Not to where the collector's answer would send it.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await answer.text()
    return answer.ok ? rejection(text) : `HTTP ${answer.status} ${text.slice(0, MOST_WORDS)}`.trim()
  } catch (error) {
    const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException }
    return cause?.message || cause?.code || message
  }
}

/** What an answer of 200 says that it did not take: `partialSuccess`. */
function rejection(text: string): string | null {
  const { partialSuccess } = (text === '' ? {} : JSON.parse(text)) as Answer
  const rejected = Number(partialSuccess?.rejectedDataPoints ?? 0)
  if (rejected === 0) return null
  return `${rejected} data points rejected: ${String(partialSuccess?.errorMessage).slice(0, MOST_WORDS)}`
}

interface Answer {
  readonly partialSuccess?: { readonly rejectedDataPoints?: string | number; readonly errorMessage?: string }
}
