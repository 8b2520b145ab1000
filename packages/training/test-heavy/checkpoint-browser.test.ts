import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { uniformValues, useBackend } from '@ductus/backend'
import { CNN, MLP } from '@ductus/models'
import { Classifier, Trainer } from '@ductus/training'
import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { chromium, type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../test/support/temporary-folder.js'
import { toyConfig, toyData } from '../test/support/toy-data.js'

const executablePath = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => existsSync(path))
if (!executablePath) process.stderr.write('Skipping: no Chromium is installed here.\n')

const require = createRequire(import.meta.url)
const scripts = [
  ['tfjs-core', 'tf-core'],
  ['tfjs-layers', 'tf-layers'],
  ['tfjs-backend-cpu', 'tf-backend-cpu'],
] as const
const page = `<!doctype html>${scripts.map(([, name]) => `<script src="/${name}.js"></script>`).join('')}`

function script(name: string): string | undefined {
  const found = scripts.find(([, file]) => `${file}.js` === name)
  if (!found) return undefined
  const folder = dirname(require.resolve(`@tensorflow/${found[0]}/package.json`))
  return readFileSync(join(folder, 'dist', `${found[1]}.min.js`), 'utf8')
}

describe.skipIf(!executablePath)('a checkpoint in headless Chromium', () => {
  let served = ''
  let server: Server
  let browser: Browser
  let url: string

  /** A browser asks for an icon too. */
  function checkpointFile(name: string): Uint8Array | undefined {
    const path = join(served, name)
    return existsSync(path) ? readFileSync(path) : undefined
  }

  beforeAll(async () => {
    await useBackend('cpu')
    server = createServer((request, response) => {
      const name = request.url!.slice(1)
      if (name === '') response.setHeader('content-type', 'text/html').end(page)
      else response.end(script(name) ?? checkpointFile(name))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] })
  })

  afterAll(async () => {
    await browser.close()
    server.close()
  })

  it.each<[string, () => LayersModel]>([
    ['MLP', () => MLP(toyConfig, { fc1: 8, fc2: 4 }, { seed: 1 })],
    ['CNN', () => CNN(toyConfig, { convDim: 3, fcDim: 8, batchNorm: true }, { seed: 1 })],
  ])('opens by plain tf.loadLayersModel, and computes the same: %s', async (_, make) => {
    const model = make()
    const trainer = new Trainer({ rootDir: temporaryFolder() })
    const { lastCheckpoint } = await trainer.fit(new Classifier(model), toyData())
    served = join(lastCheckpoint!, 'model')
    const x = tf.tensor(uniformValues(1, 24, 0, 1), [2, 4, 3, 1])
    const tab = await browser.newPage()
    await tab.goto(url)
    const logits = await tab.evaluate(
      async ({ values, address }) => {
        interface Tf {
          loadLayersModel(
            address: string,
          ): Promise<{ predict(x: unknown): { data(): Promise<Float32Array> } }>
          tensor(values: number[], shape: number[]): unknown
        }
        const { tf: plain } = globalThis as unknown as { tf: Tf }
        const loaded = await plain.loadLayersModel(`${address}model.json`)
        return [...(await loaded.predict(plain.tensor(values, [2, 4, 3, 1])).data())]
      },
      { values: [...(await x.data())], address: url },
    )
    await tab.close()
    const own = await (model.apply(x) as tf.Tensor).data()
    expect(logits).toHaveLength(own.length)
    logits.forEach((value, i) => {
      expect(value).toBeCloseTo(own[i]!, 5)
    })
  })
})
