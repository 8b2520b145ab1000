import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { chromium } from 'playwright-core'

/** An installed Chromium; undefined, and said so, where there is none. */
export const chromiumPath = ['chromium', 'chromium-browser', 'google-chrome']
  .map((name) => `/usr/bin/${name}`)
  .find((path) => existsSync(path))
if (!chromiumPath) process.stderr.write('Skipping: no Chromium is installed here.\n')

const require = createRequire(import.meta.url)
const scripts = new Map(
  ['core', 'layers', 'backend-cpu'].map((name) => {
    const folder = dirname(require.resolve(`@tensorflow/tfjs-${name}/package.json`))
    return [`tf-${name}.js`, join(folder, 'dist', `tf-${name}.min.js`)]
  }),
)
const page = `<!doctype html><meta charset="utf-8">${[...scripts.keys()]
  .map((name) => `<script src="/${name}"></script>`)
  .join('')}`

/** A page in headless Chromium that has TensorFlow.js as it is published, and nothing of ours. */
export interface PlainTfjs {
  /** Opens `model.json` by `tf.loadLayersModel` and gives its outputs. */
  predict(x: { data(): Promise<ArrayLike<number>>; shape: number[] }): Promise<number[]>
  close(): Promise<void>
}

/** Starts a browser. `file` gives what the page finds under a name; it is asked at each request. */
export async function openPlainTfjs(
  file: (name: string) => string | Uint8Array | undefined,
): Promise<PlainTfjs> {
  const server = createServer((request, response) => {
    const name = request.url!.slice(1)
    const script = scripts.get(name)
    if (name === '') response.setHeader('content-type', 'text/html').end(page)
    else response.end(script ? readFileSync(script) : file(name))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const browser = await chromium.launch({ executablePath: chromiumPath!, args: ['--no-sandbox'] })
  return {
    async predict(x) {
      const tab = await browser.newPage()
      await tab.goto(address)
      const values = Array.from(await x.data())
      const outputs = await tab.evaluate(predictInPage, { values, shape: x.shape, address })
      await tab.close()
      return outputs
    },
    async close() {
      await browser.close()
      server.close()
    },
  }
}

/** Runs in the page: knows nothing of this file. */
async function predictInPage(given: { values: number[]; shape: number[]; address: string }) {
  interface Tf {
    loadLayersModel(
      address: string,
    ): Promise<{ predict(x: unknown): { data(): Promise<Float32Array> } }>
    tensor(values: number[], shape: number[]): unknown
  }
  const { tf } = globalThis as unknown as { tf: Tf }
  const model = await tf.loadLayersModel(`${given.address}model.json`)
  return [...(await model.predict(tf.tensor(given.values, given.shape)).data())]
}
