/**
 * What can't be sent in a part of the handshake. Headers and subprotocols are as `fetch`, WebSocket and `ws` take them; cookies
 * are sent as UTF-8, as browsers do (decision 34).
 */
const unsendable = {
  header: { character: /[^\t\x20-\x7e\x80-\xff]/u, expected: 'text in Latin-1, without control characters' },
  cookie: { character: /[\0-\x1f\x7f;]/u, expected: 'text without control characters and without ;' },
  cookies: { character: /[\0-\x1f\x7f]/u, expected: 'text without control characters' },
  subprotocol: {
    character: /[^!#$%&'*+\-.0-9A-Z^_`|a-z~]/u,
    expected: "letters, digits and !#$%&'*+-.^_`|~",
  },
} as const

/** `cookies`: a whole Cookie header. */
export type HandshakeText = keyof typeof unsendable

/** What `text` has that can't be sent, and what is expected; null if it can. Quotes one character at most. */
export function handshakeTextProblem(
  kind: HandshakeText,
  text: string,
): { readonly what: string; readonly expected: string } | null {
  const { character, expected } = unsendable[kind]
  const [found] = character.exec(text) ?? []
  if (found === undefined) return null
  const code = found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
  return { what: `has the character U+${code}, which a ${noun[kind]} can’t have`, expected }
}

const noun: Readonly<Record<HandshakeText, string>> = {
  header: 'header',
  cookie: 'cookie',
  cookies: 'Cookie header',
  subprotocol: 'subprotocol',
}

export function headerKind(name: string): HandshakeText {
  return name.toLowerCase() === 'cookie' ? 'cookies' : 'header'
}
