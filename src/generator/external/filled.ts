/**
 * What this process has filled in for `{env:…}` and `{feed:…}`: a user's protocol module gets it, and what the module throws may
 * repeat it, here or in any other place that gets to the result.
 */
const filled = new Set<string>()
/** Shorter ones are in every text. */
const SHORTEST = 4

/** `value`, which no text that went through `withoutFilled` tells from now on. */
export function remembered(value: string): string {
  if (value.length >= SHORTEST) filled.add(value)
  return value
}

/** `text` with `…` for each value that was filled in, also as JSON or a URL have it, and without what JSON.parse quotes a part of. */
export function withoutFilled(text: string): string {
  const found = [...filled].flatMap(formsOf).filter((form) => text.includes(form))
  return found
    .toSorted((one, other) => other.length - one.length)
    .reduce((shown, form) => shown.replaceAll(form, '…'), text)
    .replace(/Unexpected token .* is not valid JSON/gs, 'it is not valid JSON')
}

function formsOf(value: string): string[] {
  const inForm = new URLSearchParams({ '': value }).toString().slice(1)
  return [value, JSON.stringify(value).slice(1, -1), inForm, inForm.replaceAll('+', '%20')]
}
