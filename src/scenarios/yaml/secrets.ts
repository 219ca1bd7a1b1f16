/**
 * Finds text that looks like a secret, mostly by its name. A secret in a scenario would show up in plans, results and the
 * terminal, so scenarios must use `{env:NAME}` or `{feed:column}` instead. All repetitions are bounded, so that hostile text
 * can't make a match slow.
 */
const NAME =
  '(?:authorization|(?<![a-z])auth(?![a-z])|cookie|token|secret|passw|passcode|passphrase|pwd|bearer|jwt|credential|session' +
  '|(?:api|app|auth|access|client|license|private|shared|signing)[-_]?key' +
  // Keys that identify data are not secrets, and neither are monkeys and keyboards.
  '|(?<![a-z]|(?:idempotency|partition|primary|public|routing)[-_])key(?![a-z]))'
const secretName = new RegExp(NAME, 'i')

/** `PASSWORD=`, `"token":`, `Authorization: `, but not `session:7`. */
const assignment = new RegExp(`${NAME}[\\w.-]{0,40}(?:\\s{0,8}=|\\\\?["']\\s{0,8}:|:\\s)`, 'gi')
/** Replaced when a client connects, or by the protocol. */
const PLACEHOLDER = '\\{(?:(?:env|feed|taken):|(?:client|uuid|channel|payload|sequence|id)\\})'
const PATH = '(?:\\.{1,2}|~|/(?:etc|home|opt|root|run|tmp|usr|var))/'
/** Empty, a placeholder (possibly after `Bearer`), a shell variable, a path, or not a text (its parts are checked separately). */
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

/** The text after the last name of a secret; empty if there is none. */
export function afterSecretName(text: string): string {
  const last = [...text.matchAll(new RegExp(NAME, 'gi'))].at(-1)
  return last === undefined ? '' : text.slice(last.index + last[0].length)
}

/**
 * Whether the text assigns a literal to the name of a secret (in JSON, a form, a header or a command line), or contains
 * something with the form of a secret: HTTP credentials, a JWT, a password in a URL.
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

/** `Basic` followed by name:password in base64, but not `basic plan`. */
function holdsBasic(text: string): boolean {
  return [...text.matchAll(basic)].some(([, value]) => Buffer.from(value!, 'base64').includes(':'))
}

/** The path of a file with a secret is not a secret itself. */
export function isPath(text: string): boolean {
  return path.test(text)
}

const named = new RegExp(
  `${NAME}[\\w.-]{0,40}[\\\\"'\\]]{0,4}\\s{0,8}[:=]|(?<=(?<![\\w-])-[\\w-]{0,40})${NAME}[\\w-]{0,40}\\s` +
    '|(?<![a-z])(?:auth|basic|bearer|pass)[\\s,]|(?<![\\w-])eyJ',
  'i',
)

/** An error message, cut off after the name or start of a secret: the rest may be the secret. */
export function withoutSecrets(text: string): string {
  const shown = text.replace(/:\/\/[^/\s@]{1,512}@/g, '://…@')
  const found = named.exec(shown)
  return found === null ? shown : `${shown.slice(0, found.index + found[0].length)}…`
}

export function mentionsSecret(text: string): boolean {
  return withoutSecrets(text) !== text
}
