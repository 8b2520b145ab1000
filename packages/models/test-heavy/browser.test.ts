import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { useBackend } from '@ductus/backend'
import {
  CNN,
  exportTfjs,
  LeCun1990,
  LeNet5,
  LineCNN,
  LineCNNSimple,
  MLP,
  modelInfo,
  ResNet,
  SimpleCNN,
} from '@ductus/models'
import type * as tf from '@tensorflow/tfjs-core'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectClose, mnist, waves } from '../test/support.js'

const executablePath = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path))
if (!executablePath) console.warn('Skipped: no Chromium is installed to open models in.')

const require = createRequire(import.meta.url)
const scripts = [
  'tfjs-core/dist/tf-core',
  'tfjs-layers/dist/tf-layers',
  'tfjs-backend-cpu/dist/tf-backend-cpu',
]
const script = (path: string) => {
  const [name, ...rest] = path.split('/') as [string, ...string[]]
  const folder = dirname(require.resolve(`@tensorflow/${name}/package.json`))
  return readFileSync(`${join(folder, ...rest)}.min.js`, 'utf8')
}
const page = `<!doctype html><meta charset="utf-8">${scripts
  .map((path) => `<script src="/${path}.js"></script>`)
  .join('')}`

const line = (length: number) => ({ ...mnist, inputDims: [28, 68, 1], outputDims: [length] })
const small = { convDim: 3, fcDim: 8 } as const

describe.skipIf(!executablePath)('a model in headless Chromium', () => {
  const files = new Map<string, string | Uint8Array>()
  let server: Server
  let browser: Browser
  let url: string

  beforeAll(async () => {
    await useBackend('cpu')
    server = createServer((request, response) => {
      const path = request.url!.slice(1)
      if (path === '') response.setHeader('content-type', 'text/html').end(page)
      else if (scripts.includes(path.replace(/\.js$/, '')))
        response.end(script(path.replace(/\.js$/, '')))
      else response.end(files.get(path))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] })
  })

  afterAll(async () => {
    await browser.close()
    server.close()
  })

  it.each([
    ['MLP', () => MLP(mnist, { fc1: 16, fc2: 8 })],
    ['CNN', () => CNN(mnist, small)],
    [
      'a grown CNN',
      () =>
        CNN(mnist, {
          ...small,
          numBlocks: 2,
          residual: true,
          batchNorm: true,
          downsample: 'stride',
        }),
    ],
    ['ResNet', () => ResNet(mnist, { depth: 8, width: 4 })],
    ['LeNet5', () => LeNet5(mnist)],
    [
      "the paper's LeCun1990",
      () => LeCun1990({ ...mnist, inputDims: [16, 16, 1] }, { paper: true }),
    ],
    ['SimpleCNN', () => SimpleCNN(mnist)],
    ['LineCNNSimple', () => LineCNNSimple(line(3), { ...small, windowStride: 20 })],
    ['LineCNN', () => LineCNN(line(3), { convDim: 2, fcDim: 8 })],
  ] as const)('gives the same logits: %s', async (_, make) => {
    const model = make()
    const dims = modelInfo(model).config.inputDims
    model.apply(waves([4, ...dims]), { training: true, step: 0 })
    const written = await exportTfjs(model)
    files.set('model.json', written['model.json']).set('weights.bin', written['weights.bin'])
    const x = waves([2, ...dims], 1)
    const tab = await browser.newPage()
    await tab.goto(url)
    const logits = await tab.evaluate(
      async ({ values, shape, address }) => {
        interface Tf {
          loadLayersModel(
            address: string,
          ): Promise<{ predict(x: unknown): { data(): Promise<Float32Array> } }>
          tensor(values: number[], shape: number[]): unknown
        }
        const { tf: plain } = globalThis as unknown as { tf: Tf }
        const loaded = await plain.loadLayersModel(`${address}model.json`)
        return [...(await loaded.predict(plain.tensor(values, shape)).data())]
      },
      { values: [...(await x.data())], shape: x.shape, address: url },
    )
    await tab.close()
    expect(logits.length).toBeGreaterThan(0)
    expectClose(logits, await (model.apply(x) as tf.Tensor).data(), { atol: 1e-5 })
  })
})
