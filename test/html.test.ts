import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { html } from '../src/reporters/html.js'
import { assembleResult } from '../src/results/assemble/assemble.js'
import type { Comparison } from '../src/results/comparison/comparison.js'
import type { Result } from '../src/results/result.js'
import { samplePlan } from '../src/results/testing/sample-plan.js'
import { sampleRecord } from '../src/results/testing/sample-record.js'
import { describeReal, pathOf } from './support/wsbench.js'

const flags =
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'
const options = { columns: 80, color: false }
const desktop = { width: 1280, height: 900 }
const phone = { width: 390, height: 844 }

const ATTACK = `"'></title></script><script>attacked = 1</script><img src=x onerror="attacked = 1">\u2028<!--`
const UNBROKEN = 'x'.repeat(300)

const sample = assembleResult(sampleRecord())
const hostile = withNames(`${ATTACK}${UNBROKEN}`)
const comparison: Comparison = {
  version: 1,
  kind: 'comparison',
  tool: sample.tool,
  matrix: { scenario: ATTACK, overrides: [UNBROKEN], axes: [{ path: ATTACK, values: [] }], repeats: 2 },
  isInterrupted: false,
  cells: ['nginx:cookie', ATTACK, UNBROKEN].map((name) => ({ name, runs: [sample, hostile], failures: [] })),
}
const hour = {
  ...sample,
  timeline: Array.from({ length: 3_600 }, (_, second) => ({
    ...sample.timeline[second % 80]!,
    tMs: second * 1000,
  })),
}

/** The sample with `name` wherever a scenario or a server has a say. */
function withNames(name: string): Result {
  const plan = samplePlan({ name, description: name, notes: [name], gates: [name] })
  const result = assembleResult(sampleRecord({ plan, scenarioHash: name }))
  const renamed = JSON.stringify(result).replaceAll(/"(?:n[1-6]|node-kill#1|scores|1006|refused)"/g, () =>
    JSON.stringify(name),
  )
  return JSON.parse(renamed) as Result
}

describeReal('the HTML report in Chromium', ['chromium'], () => {
  const home = mkdtempSync(join(tmpdir(), 'wsbench-html-'))
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: pathOf('chromium')!, args: flags.split(' ') })
  })
  afterAll(async () => {
    await browser?.close()
    rmSync(home, { recursive: true, force: true })
  })

  /** Opens a page; `complaints` collects whatever it says, asks of the network, or pops up. */
  async function open(text: string, viewport = desktop): Promise<{ page: Page; issues: string[] }> {
    const file = join(home, 'report.html')
    writeFileSync(file, text)
    const page = await browser.newPage({ viewport })
    const issues: string[] = []
    page.on('console', (message) => issues.push(message.text()))
    page.on('pageerror', (error) => issues.push(error.message))
    page.on('dialog', (dialog) => issues.push(dialog.message()))
    page.on('request', (request) =>
      issues.push(...(/^(file|data):/.test(request.url()) ? [] : [request.url()])),
    )
    await page.goto(pathToFileURL(file).href)
    return { page, issues }
  }

  /** What a chart's legend says under the cursor: its place, then a value a series. */
  async function legendOf(page: Page, id: string): Promise<string[]> {
    return page.locator(`#${id} .u-value`).allInnerTexts()
  }

  async function pointAt(page: Page, id: string, share: number): Promise<{ x: number; y: number }> {
    const plot = page.locator(`#${id} .u-over`)
    await plot.scrollIntoViewIfNeeded()
    const { x, y, width, height } = (await plot.boundingBox())!
    const point = { x: x + share * width, y: y + height / 2 }
    await page.mouse.move(point.x, point.y)
    return point
  }

  it.each([
    ['a run', html.render(sample, options)],
    ['an hour', html.render(hour, options)],
    ['hostile names', html.render(hostile, options)],
    ['a comparison', html.renderComparison(comparison, options)],
  ])('%s: every chart drawn, nothing asked of the network, no complaint, fits a phone', async (_, text) => {
    const { page, issues } = await open(text)
    const figures = await page.locator('figure.chart').count()
    expect(figures).toBeGreaterThan(0)
    expect(await page.locator('figure.chart canvas').count()).toBe(figures)
    await page.setViewportSize(phone)
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width)
    const widest = await page
      .locator('figure.chart canvas')
      .evaluateAll((all) => Math.max(...all.map((own) => own.clientWidth)))
    expect(widest).toBeLessThanOrEqual(phone.width)
    expect(await page.evaluate('typeof attacked')).toBe('undefined')
    expect(await page.locator('img, iframe, object').count()).toBe(0)
    expect(issues).toEqual([])
    await page.close()
  })

  it('hostile names are shown as they are', async () => {
    const { page } = await open(html.render(hostile, options))
    expect(await page.locator('h1').innerText()).toContain('<img src=x onerror="attacked = 1">\\u{2028}<!--')
    expect(await page.locator('#chart-nodes .u-label').last().innerText()).toContain('<script>attacked')
    await page.close()
  })

  it('the cursor reads every chart over time at once; dragging zooms all of them, a double click undoes it', async () => {
    const { page, issues } = await open(html.render(sample, options))
    await pointAt(page, 'chart-latency', 0.5)
    await expect
      .poll(() => legendOf(page, 'chart-latency'))
      .toEqual(['24 s', '1.20 ms', '1.20 ms', '2.00 ms', '2.00 ms'])
    expect((await legendOf(page, 'chart-received')).at(-1)).toBe('50,000')
    const startOf = async (id: string) => {
      await pointAt(page, id, 0.001)
      return (await legendOf(page, id))[0]
    }
    const whole = await startOf('chart-connections')
    await pointAt(page, 'chart-latency', 0.5)
    await page.mouse.down()
    await pointAt(page, 'chart-latency', 0.75)
    await page.mouse.up()
    await expect.poll(() => startOf('chart-connections')).toBe('25 s')
    const { x, y } = await pointAt(page, 'chart-received', 0.5)
    await page.mouse.dblclick(x, y)
    await expect.poll(() => startOf('chart-connections')).toBe(whole)
    expect(issues).toEqual([])
    await page.close()
  })

  it('the distribution reads by percentile', async () => {
    const { page } = await open(html.render(sample, options))
    await pointAt(page, 'chart-percentiles', 0.8)
    await expect
      .poll(() => legendOf(page, 'chart-percentiles'))
      .toEqual([expect.stringMatching(/^99\.99\d* %$/), '300 ms', '290 ms', ''])
    await page.close()
  })

  it('dark where the reader has it so, charts included; on paper light, without what only a screen can do', async () => {
    const { page } = await open(html.render(sample, options))
    // A pixel of what the first chart shades, left of where measuring begins.
    const look = () =>
      page.evaluate(
        `[getComputedStyle(document.body).backgroundColor, document.querySelector('canvas').getContext('2d').getImageData(66, 60, 1, 1).data.join()]`,
      ) as Promise<[string, string]>
    const light = await look()
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(async () => (await look())[1]).not.toBe(light[1])
    expect((await look())[0]).not.toBe(light[0])
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' })
    await expect.poll(look).toEqual(light)
    expect(await page.locator('nav').isVisible()).toBe(false)
    // No script gets to run between screen and paper: the style sheet alone has to make a chart fit.
    const onPaper = await page.evaluate(
      `{ const plot = document.querySelector('.plot'); plot.style.width = '300px'; plot.querySelector('canvas').getBoundingClientRect().width }`,
    )
    expect(onPaper).toBe(300)
    await page.close()
  })
})
