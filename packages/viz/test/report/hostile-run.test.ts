import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRun, renderReport, runCurves, watchRun, writeReport } from '../../src/index.js'
import { browserPath } from '../support/browser.js'
import { makeRun, sealed } from '../support/make-run.js'
import { reportData } from '../support/report-data.js'

const script = '<script>document.title="owned"</script>'
const handler = '"><img src="x" onerror="document.title=\'owned\'">'
const ending = '</style></title></svg><svg onload="document.title=\'owned\'">'

let folder = ''

/** A run whose every name and text is markup. */
beforeAll(async () => {
  folder = await makeRun({ epochs: 2, stepsAnEpoch: 5 })
  const names = [script, handler, ending]
  await writeFile(
    join(folder, 'hparams.json'),
    sealed({
      format: 'ductus-hparams',
      version: 2,
      name: script,
      [handler]: { [ending]: script },
      hparams: { command: script, argv: [handler] },
      data: { name: handler, mapping: names },
      software: { [script]: handler, node: ending },
    }),
  )
  const metrics = join(folder, 'metrics.csv')
  const [head = '', ...rows] = (await readFile(metrics, 'utf8')).split('\n')
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
  const renamed = head
    .replace('train/acc_step', quoted(`train/${script}_step`))
    .replace('validation/acc', quoted(`validation/${handler}`))
    .replace('train/acc', quoted(`train/${ending}`))
  await writeFile(metrics, [renamed, ...rows].join('\n'))
  await writeFile(
    join(folder, 'confusion-matrix.jsonl'),
    `${JSON.stringify({ format: 'ductus-confusion-matrix', version: 1, classes: names })}\n` +
      `${JSON.stringify({
        ...{ stage: handler, epoch: 0, step: 1 },
        counts: [
          [3, 1, 0],
          [0, 2, 1],
          [1, 0, 4],
        ],
      })}\n`,
  )
  await mkdir(join(folder, 'sample-predictions'))
  await writeFile(
    join(folder, 'sample-predictions', 'index.jsonl'),
    `${JSON.stringify({ format: 'ductus-sample-predictions', version: 2, classes: names, scores: 'probability' })}\n` +
      `${JSON.stringify({ epoch: 0, step: 1, samples: [0, 1, 2].map((index) => ({ index, label: index, prediction: 2 - index, score: 0.5 })) })}\n`,
  )
})
afterAll(() => rm(dirname(dirname(folder)), { recursive: true }))

/** A report's data with markup where a checkpoint's names stand. */
function hostileData() {
  const data = reportData()
  return {
    ...data,
    command: script,
    notes: [handler],
    environment: { [script]: handler },
    scoring: { kind: 'score' as const, loss: script, value: 1 },
    samples: data.samples!.map((sample) => ({ ...sample, label: script, prediction: handler })),
    readings: [{ truth: `a${script}`, read: `b${handler}` }],
    layers: data.layers!.map((layer) => ({ ...layer, name: script, detail: handler })),
    kernels: data.kernels!.map((kernel) => ({ ...kernel, name: handler })),
  }
}

describe('a run folder full of markup', () => {
  it('is text in the report', async () => {
    const html = await renderReport(await readRun(folder), hostileData())
    for (const markup of [script, '<img src="x"', '</style></title>', '<svg onload']) {
      expect(html).not.toContain(markup)
    }
    expect(html).toContain('&lt;script&gt;document.title=')
    expect(html).toContain('&lt;img src=&quot;x&quot;')
  })

  it('is text in pictures', async () => {
    for (const { picture } of await runCurves([await readRun(folder)])) {
      expect(picture.svg).not.toContain('<script')
      expect(picture.svg).not.toContain('<img')
    }
  })

  it.skipIf(browserPath === undefined)(
    'runs nothing in a browser, in the report and in the page of watch',
    async () => {
      const browser = await chromium.launch({
        executablePath: browserPath!,
        args: ['--no-sandbox'],
      })
      const watcher = await watchRun(folder, { port: 0 })
      try {
        const { path } = await writeReport(folder, { data: hostileData() })
        for (const address of [pathToFileURL(path).href, watcher.url]) {
          const page = await browser.newPage()
          await page.goto(address)
          await page.waitForSelector('#summary')
          await page.waitForTimeout(200)
          expect(await page.title()).not.toBe('owned')
          const added = await page.evaluate<number>(
            "document.querySelectorAll('img, svg[onload], main script').length",
          )
          expect(added).toBe(0)
          await page.close()
        }
      } finally {
        await watcher.close()
        await browser.close()
      }
    },
    60_000,
  )
})
