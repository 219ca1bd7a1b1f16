import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import {
  type Hook,
  type HookArguments,
  hookEndMs,
  hookFields,
  hookWindowMs,
  injectHook,
  withEnvironment,
} from './hook.js'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const request = {
  url: z.url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' }),
  method: z.enum(methods).default('POST'),
  headers: z.record(z.string(), z.string()).default({}).describe('{env:NAME} is filled in'),
  body: z.string({ error: 'expected text' }).default(''),
}

interface Call {
  readonly url: string
  readonly method: (typeof methods)[number]
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

interface HttpArguments extends Call, HookArguments {
  readonly undo?: Call | undefined
}

/** An HTTP call, such as one to an admin API or a fault injector. */
export const http: ChaosEvent<HttpArguments> = {
  kind: 'http',
  summary: 'make an HTTP call, which must be answered with 2xx, and perhaps another that undoes it',
  explains: { disconnects: true, lossesInFlight: 'of its nodes' },
  worksOnTargets: true,
  arguments: z.strictObject({
    ...request,
    undo: z
      .strictObject(request)
      .optional()
      .describe('called after `for`, and in any case before the run ends'),
    ...hookFields,
  }),
  windowMs: hookWindowMs,
  endMs: hookEndMs,
  announce: ({ undo, ...call }) => [call, ...(undo ? [undo] : [])].map(wordsOf),
  inject(_cluster, action, context) {
    const { undo, timeout } = action
    return injectHook(action, context, call(action, timeout), undo ? call(undo, timeout) : null)
  },
}

/** Of a longer body, its beginning. */
const TOLD_OF_BODY = 200

/** Of headers the names: what they hold is nobody's business. */
function wordsOf({ method, url, headers, body }: Call): string {
  const names = Object.keys(headers).join(', ')
  const told = body.length > TOLD_OF_BODY ? `${body.slice(0, TOLD_OF_BODY)}…` : body
  return [
    `${method} ${url}`,
    ...(names === '' ? [] : [`headers ${names}`]),
    ...(hasBody({ method, body }) ? [`body ${JSON.stringify(told)}`] : []),
  ].join(', ')
}

function hasBody({ method, body }: Pick<Call, 'method' | 'body'>): boolean {
  return body !== '' && method !== 'GET'
}

function call({ url, method, headers, body }: Call, timeoutMs: number): Hook {
  return {
    words: `${method} ${url}`,
    async run() {
      const limit = new AbortController()
      const timer = setTimeout(() => limit.abort(), timeoutMs)
      try {
        const answer = await fetch(withEnvironment(url), {
          method,
          headers: Object.entries(headers).map(([name, value]): [string, string] => [
            name,
            withEnvironment(value),
          ]),
          ...(hasBody({ method, body }) ? { body: withEnvironment(body) } : {}),
          signal: limit.signal,
          redirect: 'error',
        })
        await answer.body?.cancel()
        if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}`)
      } catch (error) {
        if (limit.signal.aborted) throw new Error(`${method} ${url} did not answer within ${timeoutMs} ms`)
        if (error instanceof TypeError) throw new Error(`${method} ${url} could not be called`)
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
