/**
 * What looks like a secret, by what it is called. A scenario's secrets would be in its plan, in results and in the
 * terminal, so they are written as `{env:NAME}` or `{feed:column}`. All repeats are bounded: the text may be hostile.
 */
const NAME =
  '(?:authorization|(?<![a-z])auth(?![a-z])|cookie|token|secret|passw|passcode|passphrase|pwd|bearer|jwt|credential|session' +
  '|(?:api|app|auth|access|client|license|private|shared|signing)[-_]?key' +
  // The keys that data goes by are nobody's secret, and monkeys and keyboards have none.
  '|(?<![a-z]|(?:idempotency|partition|primary|public|routing)[-_])key(?![a-z]))'
const secretName = new RegExp(NAME, 'i')

/** `PASSWORD=`, `"token":`, `Authorization: `; a `session:7` is none. */
const assignment = new RegExp(`${NAME}[\\w.-]{0,40}(?:\\s{0,8}=|\\\\?["']\\s{0,8}:|:\\s)`, 'gi')
/** Filled in where a client connects, or by the protocol. */
const PLACEHOLDER = '\\{(?:(?:env|feed):|(?:client|uuid|channel|payload)\\})'
const PATH = '(?:\\.{1,2}|~|/(?:etc|home|opt|root|run|tmp|usr|var))/'
/** Nothing, a placeholder (perhaps behind `Bearer`), a shell's variable, a file's path, or what is no text (looked into by itself). */
const harmless = new RegExp(
  `^\\s{0,8}(?:$|\\$[A-Za-z_({]|\\\\?["']\\\\?["']|[&,;})\\]]|\\{\\s{0,8}\\\\?["'}]` +
    `|\\\\?["']?(?:(?:[\\w-]{1,20}\\s{1,4})?${PLACEHOLDER}|${PATH}|(?:true|false|null)\\b))`,
)
/** `query ($token: String!)` declares a variable. */
const declared = /\$\w{0,40}$/
const password = /:\/\/[^/\s:@]{0,256}:(?!\{env:)[^/\s@]{1,256}@/
const bearer = /(?<![a-z])bearer\s{1,8}(?![\w.~+/=-]{0,512}[{$])[\w.~+/=-]/i
const basic = /(?<![a-z])basic\s{1,8}([a-z\d+/]{4,2048}={0,2})/gi
const jwt = /(?<![\w-])eyJ[\w-]{8,4096}\.[\w-]{4,}/
const path = new RegExp(`^${PATH}`)

export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

/** What follows the last secret's name in it; nothing where there is none. */
export function behindSecretName(text: string): string {
  const last = [...text.matchAll(new RegExp(NAME, 'gi'))].at(-1)
  return last === undefined ? '' : text.slice(last.index + last[0].length)
}

/**
 * Whether it assigns a literal to a secret's name, as JSON, a form, a header or a command line do; or is by its looks what such
 * a name would stand before: credentials of HTTP, a JWT, the password of a URL.
 */
export function holdsSecret(text: string): boolean {
  return password.test(text) || bearer.test(text) || jwt.test(text) || holdsBasic(text) || assigns(text)
}

function assigns(text: string): boolean {
  return [...text.matchAll(assignment)].some(({ 0: { length }, index }) => {
    const isDeclared = declared.test(text.slice(Math.max(0, index - 41), index))
    return !isDeclared && !harmless.test(text.slice(index + length, index + length + 64))
  })
}

/** `Basic` and name:password in base64; not the basic plan of a price list. */
function holdsBasic(text: string): boolean {
  return [...text.matchAll(basic)].some(([, value]) => Buffer.from(value!, 'base64').includes(':'))
}

/** Where a file's secret is, which is none. */
export function isPath(text: string): boolean {
  return path.test(text)
}

const named = new RegExp(
  `${NAME}[\\w.-]{0,40}[\\\\"'\\]]{0,4}\\s{0,8}[:=]|(?<=(?<![\\w-])-[\\w-]{0,40})${NAME}[\\w-]{0,40}\\s` +
    '|(?<![a-z])(?:auth|basic|bearer|pass)[\\s,]|(?<![\\w-])eyJ',
  'i',
)

/** Text of an error message, cut off behind a secret's name or beginning: what follows may be one, however it is written. */
export function withoutSecrets(text: string): string {
  const shown = text.replace(/:\/\/[^/\s@]{1,512}@/g, '://…@')
  const found = named.exec(shown)
  return found === null ? shown : `${shown.slice(0, found.index + found[0].length)}…`
}

export function mentionsSecret(text: string): boolean {
  return withoutSecrets(text) !== text
}
