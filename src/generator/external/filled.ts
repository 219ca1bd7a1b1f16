import { toUSVString } from 'node:util'

/**
 * Values that this process has filled in for `{env:…}` and `{feed:…}`. They may be secret, and an error of a user's protocol
 * module may repeat them in a text that is shown or saved.
 */
const filled = new Set<string>()
/** Shorter values occur in any text by chance. */
const SHORTEST = 4

/** Returns `value`; from now on `withoutFilled` hides it. */
export function remembered(value: string): string {
  if (value.length >= SHORTEST) filled.add(value)
  return value
}

/** `text` with `…` for each filled-in value, also in its JSON or URL form, and without the excerpts that JSON.parse quotes. */
export function withoutFilled(text: string): string {
  const found = [...filled].flatMap(formsOf).filter((form) => text.includes(form))
  return found
    .toSorted((one, other) => other.length - one.length)
    .reduce((shown, form) => shown.replaceAll(form, '…'), text)
    .replace(/Unexpected token .* is not valid JSON/gs, 'it is not valid JSON')
}

function formsOf(value: string): string[] {
  const inForm = new URLSearchParams({ '': value }).toString().slice(1)
  return [value, JSON.stringify(value).slice(1, -1), inForm, encodeURIComponent(toUSVString(value))]
}
