import { request } from 'node:http'
import { appendFile, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright-core'
import { afterEach, describe, expect, it } from 'vitest'
import { watchRun, type Watcher } from '../../src/index.js'
import { browserPath } from '../support/browser.js'
import { makeRun, metricsText } from '../support/make-run.js'

const open: Watcher[] = []
const folders: string[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((watcher) => watcher.close()))
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })))
})

async function watched(folder: string, port = 0): Promise<Watcher> {
  const watcher = await watchRun(folder, { port, intervalMs: 50 })
  open.push(watcher)
  return watcher
}

async function run(epochs = 1): Promise<string> {
  const folder = await makeRun({ epochs, stepsAnEpoch: 5 })
  folders.push(dirname(dirname(folder)))
  return folder
}

/** Reads events of the stream as they come. */
async function* events(url: string): AsyncGenerator<{ state: string; html: string }> {
  const response = await fetch(new URL('events', url))
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
      text = text.slice(end + 2)
      if (data) yield JSON.parse(data) as { state: string; html: string }
    }
  }
}

function status(
  url: string,
  options: { host?: string; method?: string; path?: string },
): Promise<number> {
  const { port } = new URL(url)
  return new Promise((done, fail) => {
    const sent = request(
      {
        host: '127.0.0.1',
        port,
        path: options.path ?? '/',
        method: options.method ?? 'GET',
        headers: { host: options.host ?? `127.0.0.1:${port}` },
      },
      (response) => {
        response.resume()
        done(response.statusCode ?? 0)
      },
    )
    sent.on('error', fail)
    sent.end()
  })
}

describe('watchRun', () => {
  it('sends the charts at once and again when the run goes on, past its end and over a fresh start', async () => {
    const folder = await run()
    const { url } = await watched(folder)
    const stream = events(url)
    const first = (await stream.next()).value as { state: string; html: string }
    expect(first.state).toBe('Epoch 1, step 5, 640 samples seen')
    expect(first.html).toContain('<svg')
    await appendFile(join(folder, 'metrics.csv'), '1,10,1280,,,0.5,0.8,0.4,0.85,\n')
    expect(((await stream.next()).value as { state: string }).state).toContain('Epoch 2, step 10')
    await rename(folder, `${folder}.away`)
    expect(((await stream.next()).value as { state: string }).state).toContain('Waiting')
    await mkdir(folder)
    await writeFile(join(folder, 'metrics.csv'), metricsText({ epochs: 1, stepsAnEpoch: 2 }))
    for await (const event of stream) {
      if (event.state.includes('step 2,')) break
    }
  }, 120_000)

  it('starts before the run does', async () => {
    const folder = await run()
    const { url } = await watched(join(dirname(folder), 'version_9'))
    const first = (await events(url).next()).value as { state: string }
    expect(first.state).toBe('Waiting for the run …')
  })

  it('can be started again on the same port', async () => {
    const folder = await run()
    const watcher = await watchRun(folder, { port: 0, intervalMs: 50 })
    const port = Number(new URL(watcher.url).port)
    await watcher.close()
    const { url } = await watched(folder, port)
    expect(((await events(url).next()).value as { state: string }).state).toContain('Epoch 1')
  })

  it('shows that a fit did not learn as soon as it says so', async () => {
    const folder = await run()
    const { url } = await watched(folder)
    const stream = events(url)
    expect(((await stream.next()).value as { html: string }).html).not.toContain('Did it learn?')
    const finding = { code: 'LOSS_ROSE', message: 'The loss rose.', tryNext: 'Try a lower rate.' }
    const written = { format: 'ductus-findings', version: 1, findings: [finding] }
    await writeFile(join(folder, 'findings.json'), JSON.stringify(written))
    const { html } = (await stream.next()).value as { html: string }
    expect(html).toMatch(/Did it learn\?.*The loss rose\..*Try a lower rate\./s)
  })

  it('answers only its own host, only reads, only its two paths', async () => {
    const { url } = await watched(await run())
    expect(await status(url, {})).toBe(200)
    expect(await status(url, { host: 'evil.example' })).toBe(403)
    expect(await status(url, { host: '127.0.0.1' })).toBe(403)
    expect(await status(url, { method: 'POST' })).toBe(405)
    expect(await status(url, { path: '/../../etc/passwd' })).toBe(404)
    expect(await status(url, { path: '/metrics.csv' })).toBe(404)
  })

  it('says when the port is taken', async () => {
    const folder = await run()
    const { url } = await watched(folder)
    await expect(watchRun(folder, { port: Number(new URL(url).port) })).rejects.toThrow(
      'which is taken',
    )
  })
})

describe.skipIf(browserPath === undefined)('the watched page in headless Chromium', () => {
  it('draws the charts and follows the run without a reload or an error', async () => {
    const folder = await run()
    const { url } = await watched(folder)
    const browser = await chromium.launch({
      executablePath: browserPath ?? '',
      args: ['--no-sandbox'],
    })
    try {
      const page = await browser.newPage()
      const errors: string[] = []
      page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
      page.on('pageerror', (error) => errors.push(String(error)))
      await page.goto(url)
      await page.waitForSelector('#content svg[role=img]')
      expect(await page.textContent('#state')).toContain('Epoch 1, step 5')
      await appendFile(join(folder, 'metrics.csv'), '1,10,1280,,,0.5,0.8,0.4,0.85,\n')
      await page.getByText('Epoch 2, step 10').waitFor()
      const header = page.locator('#summary ~ .scroll thead th').first()
      await header.getByRole('button').press('Enter')
      expect(await header.getAttribute('aria-sort')).toBe('ascending')
      expect(errors).toEqual([])
    } finally {
      await browser.close()
    }
  }, 120_000)
})
