import { z } from 'zod'
import { type Hook, type HookArguments, hookEvent, hookFields, withEnvironment } from './hook.js'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const request = {
  url: z
    .url({ protocol: /^https?$/, error: 'expected an http:// or https:// URL' })
    .describe('the URL to call'),
  method: z.enum(methods).default('POST').describe('HTTP method'),
  headers: z.record(z.string(), z.string()).default({}).describe('{env:NAME} is filled in'),
  body: z.string({ error: 'expected text' }).default('').describe('request body; {env:NAME} is filled in'),
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
export const http = hookEvent<HttpArguments>({
  kind: 'http',
  summary: 'make an HTTP call, which must be answered with 2xx, and perhaps another that undoes it',
  arguments: z.strictObject({
    ...request,
    undo: z
      .strictObject(request)
      .optional()
      .describe('called after `for`, and in any case before the run ends'),
    ...hookFields,
  }),
  hook: (action) => call(action, action.timeout),
  undo: ({ undo, timeout }) => (undo ? call(undo, timeout) : null),
})

/** A longer body is announced by its beginning. */
const ANNOUNCED_CHARACTERS = 200

function call({ url, method, headers, body }: Call, timeoutMs: number): Hook {
  const hasBody = body !== '' && method !== 'GET'
  const words = `${method} ${url}`
  // Header values may be secret, so only the names are announced.
  const names = Object.keys(headers).join(', ')
  const excerpt = body.length > ANNOUNCED_CHARACTERS ? `${body.slice(0, ANNOUNCED_CHARACTERS)}…` : body
  return {
    words,
    announcement: [
      words,
      ...(names === '' ? [] : [`headers ${names}`]),
      ...(hasBody ? [`body ${JSON.stringify(excerpt)}`] : []),
    ].join(', '),
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
          ...(hasBody ? { body: withEnvironment(body) } : {}),
          signal: limit.signal,
          redirect: 'error',
        })
        await answer.body?.cancel()
        if (!answer.ok) throw new Error(`${words} answered ${answer.status}`)
        return `${words} answered ${answer.status}`
      } catch (error) {
        if (limit.signal.aborted) throw new Error(`${words} did not answer within ${timeoutMs} ms`)
        if (error instanceof TypeError) throw new Error(`${words} could not be called`)
        throw error
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
