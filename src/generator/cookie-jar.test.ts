import { expect, it } from 'vitest'
import { CookieJar } from './cookie-jar.js'

it('sends back the last value of each cookie', () => {
  const jar = new CookieJar()
  expect(jar.header).toBeUndefined()
  jar.store(['WSROUTE=n1; Path=/; HttpOnly', 'theme=dark', 'nonsense'])
  expect(jar.header).toBe('WSROUTE=n1; theme=dark')
  jar.store(['WSROUTE=n2; path=/'])
  expect(jar.header).toBe('WSROUTE=n2; theme=dark')
})

it('removes a cookie that has expired', () => {
  const jar = new CookieJar()
  jar.store(['a=1', 'b=2', 'c=3'])
  jar.store(['a=; Max-Age=0', 'b=; Expires=Thu, 01 Jan 1970 00:00:00 GMT'])
  expect(jar.header).toBe('c=3')
})
