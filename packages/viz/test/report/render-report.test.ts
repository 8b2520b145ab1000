import { mkdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRun, renderReport, writeReport } from '../../src/index.js'
import { browserPath } from '../support/browser.js'
import { makeRun, sealed } from '../support/make-run.js'
import { reportData } from '../support/report-data.js'

const folders: string[] = []
async function run(options: Parameters<typeof makeRun>[0]): Promise<string> {
  const folder = await makeRun(options)
  folders.push(dirname(dirname(folder)))
  return folder
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

describe('report', () => {
  it('writes a 20-epoch run with all parts in under 3 MB, with no reference outside itself', async () => {
    const folder = await run({ epochs: 20, stepsAnEpoch: 100 })
    const { path, bytes } = await writeReport(folder, { data: reportData() })
    expect((await stat(path)).size).toBe(bytes)
    expect(bytes).toBeLessThan(3_000_000)
    const html = await readFile(path, 'utf8')
    const outside = [...html.matchAll(/(?:src|href)="(?!#|data:)([^"]*)"|url\((?!data:)([^)]*)\)/g)]
    expect(outside.map((m) => m[0])).toEqual([])
  })

  it('leaves no empty section where there is no data for it', async () => {
    const html = await renderReport(await readRun(await run({ epochs: 1, stepsAnEpoch: 3 })))
    expect(html).toContain('id="curves"')
    expect(html).not.toContain('id="results"')
    expect(html).not.toContain('id="network"')
  })

  it('says first that a fit did not learn, its words escaped, a cause once', async () => {
    const folder = await run({ epochs: 1, stepsAnEpoch: 3 })
    const path = join(folder, 'findings.json')
    const tryNext = 'The learning rate, 10, is likely too large.'
    const findings = [
      { code: 'LOSS_ROSE', message: 'The loss rose <b>far</b>.', tryNext },
      { code: 'DEAD_UNITS', message: 'Units are dead.', tryNext },
    ]
    const written = { format: 'ductus-findings', version: 1, findings }
    await writeFile(path, JSON.stringify(written))
    const html = await renderReport(await readRun(folder))
    expect(html.indexOf('id="learning"')).toBeLessThan(html.indexOf('id="summary"'))
    expect(html).toContain('The loss rose &lt;b&gt;far&lt;/b&gt;.')
    expect(html.split(tryNext)).toHaveLength(2)

    await writeFile(path, JSON.stringify({ ...written, findings: [] }))
    expect(await renderReport(await readRun(folder))).not.toContain('id="learning"')
    for (const bad of ['{"format":', 'null', '{}', JSON.stringify({ ...written, version: 2 })]) {
      await writeFile(path, bad)
      const { findings: none, notes } = await readRun(folder)
      expect(none).toBeUndefined()
      expect(notes.join(' ')).toMatch(/findings\.json was left out: ./)
    }
    expect((await readRun(folder)).notes).toContain(
      'findings.json was left out: expected version 1, received 2.',
    )
  })

  it('is honest about a run that has written nothing yet, and one cut off in a row', async () => {
    const folder = await run({ epochs: 2, stepsAnEpoch: 5 })
    const path = join(folder, 'metrics.csv')
    await truncate(path, (await stat(path)).size - 9)
    expect(await renderReport(await readRun(folder))).toContain(
      'The last row of metrics.csv is half-written',
    )
    await rm(path)
    expect(await renderReport(await readRun(folder))).toContain('No metrics have been written yet')
  })

  it('refuses what is no run folder, and names a version to take instead', async () => {
    const folder = await run({ epochs: 1, stepsAnEpoch: 1 })
    await expect(readRun(dirname(folder))).rejects.toThrow(/Name one of its versions.*version_0/)
    await expect(readRun(join(folder, 'nowhere'))).rejects.toThrow('which does not exist')
    const empty = join(folder, 'empty')
    await mkdir(empty)
    await expect(readRun(empty)).rejects.toThrow('with neither')
    await writeFile(join(folder, 'hparams.json'), '{"lr": 0.')
    await expect(readRun(folder)).rejects.toThrow('damaged or half-written')
    const refused = async (content: string, message: string): Promise<void> => {
      await writeFile(join(folder, 'hparams.json'), content)
      await expect(readRun(folder)).rejects.toThrow(message)
    }
    await refused('{"lr": 0.1}', 'expected ductus-hparams 2 in')
    await refused(sealed({ format: 'ductus-hparams', version: 1 }), 'received ductus-hparams 1.')
    const whole = sealed({ format: 'ductus-hparams', version: 2, lr: 0.1 })
    await refused(whole.replace('0.1', '0.2'), 'received a changed one')
  })
})

describe.skipIf(!browserPath)('report in headless Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath ?? '', args: ['--no-sandbox'] })
  })
  afterAll(() => browser?.close())

  it('opens from disk without an error or a request, shows its charts, sorts its tables, turns dark', async () => {
    const folder = await run({ epochs: 20, stepsAnEpoch: 30, nanAt: 100 })
    const { path } = await writeReport(folder, { data: reportData() })
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const errors: string[] = []
    const requests: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text())
    })
    page.on('pageerror', (error) => errors.push(String(error)))
    page.on('request', (request) => {
      if (!request.url().startsWith('data:')) requests.push(request.url())
    })
    await page.goto(pathToFileURL(path).href)
    expect(errors).toEqual([])
    expect(requests).toEqual([pathToFileURL(path).href])

    // every figure has a picture that is drawn and has words for those who can't see it
    const figures = await page.evaluate<{ width: number; marks: number; label: string }[]>(
      `[...document.querySelectorAll('figure svg[role=img]')].map((svg) => ({
        width: svg.getBoundingClientRect().width,
        marks: svg.querySelectorAll('path, rect, image').length,
        label: svg.getAttribute('aria-label') ?? '',
      }))`,
    )
    expect(figures.length).toBeGreaterThan(15)
    for (const one of figures) {
      expect(one.width).toBeGreaterThan(100)
      expect(one.marks).toBeGreaterThan(1)
      expect(one.label.length).toBeGreaterThan(20)
    }

    // headings go down one level at a time
    const levels = await page.evaluate<number[]>(
      "[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))",
    )
    expect(levels[0]).toBe(1)
    levels.forEach((level, i) => expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 1) + 1))

    // tables sort by mouse and by keyboard
    const column = () =>
      page.evaluate<number[]>(
        "[...document.querySelectorAll('#epochs ~ .scroll tbody tr')].map((row) => Number(row.firstElementChild.textContent))",
      )
    const button = page.locator('#epochs ~ .scroll thead th').first().getByRole('button')
    await button.click()
    expect((await column()).slice(0, 3)).toEqual([1, 2, 3])
    await button.press('Enter')
    expect((await column()).slice(0, 3)).toEqual([20, 19, 18])
    const settings = page.locator('#settings ~ .panel .scroll thead th').first()
    await settings.getByRole('button').click()
    expect(await settings.getAttribute('aria-sort')).toBe('ascending')

    // nothing is wider than the page, and wide pictures scroll in their own box
    expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth')).toBe(
      true,
    )

    // so on a phone: charts are shown whole, what is wider says that it goes on
    await page.setViewportSize({ width: 390, height: 800 })
    expect(await page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth')).toBe(
      true,
    )
    const cut = await page.evaluate<number>(
      "[...document.querySelectorAll('#curves ~ .panel .scroll')].filter((box) => box.scrollWidth > box.clientWidth + 1).length",
    )
    expect(cut).toBe(0)
    expect(await page.locator('.scroll.more').count()).toBeGreaterThan(0)
    await page.setViewportSize({ width: 1280, height: 900 })

    const background = () =>
      page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const before = await background()
    await page.getByRole('button', { name: 'Dark or light' }).click()
    expect(await background()).not.toBe(before)
    const rectangle = await page.evaluate<string>(
      "getComputedStyle(document.querySelector('figure svg rect')).fill",
    )
    expect(rectangle).toBe(await background())
    await page.close()
  })
})
