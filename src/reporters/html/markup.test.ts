import { expect, test } from 'vitest'
import { html, scriptJson, trusted } from './markup.js'

const HOSTILE = `</script><img src=x onerror="alert('1')">&amp;`

test('values are escaped in text and in attributes, templates within templates are not', () => {
  const inner = html`<b title="${HOSTILE}">${HOSTILE}</b>`
  const { text } = html`<p>${inner}${[1, null, 'a<b']}${trusted('<i>')}</p>`
  expect(text).not.toMatch(/<img|<script|<\/script|onerror="/)
  expect(text).toBe(`<p>${inner.text}1a&#60;b<i></p>`)
  expect(inner.text.match(/"/g)).toHaveLength(2)
})

test('JSON for a script parses to the same, and nothing in it ends the script or a line', () => {
  const value = { name: `${HOSTILE}<!--\u2028\u2029]]>` }
  const { text } = scriptJson(value)
  expect(text).not.toMatch(/[<>&\u2028\u2029]/)
  expect(JSON.parse(text)).toEqual(value)
})
