/**
 * What looks like a secret, by what it is called. A scenario's secrets would be in its plan, in results and in the
 * terminal, so they are written as `{env:NAME}` or `{feed:column}`. All repeats are bounded: the text may be hostile.
 */
const NAME =
  '(?:authorization|(?<![a-z])auth(?![a-z])|cookie|token|secret|passw|passcode|passphrase|pwd|bearer|(?:api|access|private)[-_]?key|credential|session)'
const secretName = new RegExp(NAME, 'i')

/** `PASSWORD=`, `"token":`, `Authorization: `; a `session:7` is none. */
const assignment = new RegExp(`${NAME}[\\w.-]{0,40}(?:\\s{0,8}=|\\\\?["']\\s{0,8}:|:\\s)`, 'gi')
/** Nothing, a placeholder (perhaps behind `Bearer`), a shell's variable, or what is no text. */
const harmless =
  /^\s{0,8}(?:$|\$[A-Za-z_({]|\\?["']\\?["']|[&,;})\]]|\\?["']?(?:(?:[\w-]{1,20}\s{1,4})?\{(?:env|feed):|(?:true|false|null)\b))/
const password = /:\/\/[^/\s:@]{0,256}:(?!\{env:)[^/\s@]{1,256}@/

export function isSecretName(name: string): boolean {
  return secretName.test(name)
}

/** Whether it assigns a literal to a secret's name, as JSON, a form, a header or a command line do; or a URL has a password. */
export function holdsSecret(text: string): boolean {
  const values = [...text.matchAll(assignment)].map(({ 0: { length }, index }) => index + length)
  return password.test(text) || values.some((start) => !harmless.test(text.slice(start, start + 64)))
}

const named = new RegExp(
  `${NAME}[\\w.-]{0,40}[\\\\"'\\]]{0,4}\\s{0,8}[:=]|(?<=(?<![\\w-])-[\\w-]{0,40})${NAME}[\\w-]{0,40}\\s`,
  'i',
)

/** Text of an error message, cut off behind a secret's name: what follows may be one, however it is written. */
export function withoutSecrets(text: string): string {
  const shown = text.replace(/:\/\/[^/\s@]{1,512}@/g, '://…@')
  const found = named.exec(shown)
  return found === null ? shown : `${shown.slice(0, found.index + found[0].length)}…`
}

export function mentionsSecret(text: string): boolean {
  return withoutSecrets(text) !== text
}
