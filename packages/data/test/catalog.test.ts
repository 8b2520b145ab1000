import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { dataModules } from '@ductus/data/catalog'
import { dataFolder } from './helpers/data-folder.js'

const run = promisify(execFile)

it.each(dataModules.map((entry) => [entry.name, entry] as const))(
  '%s: every option has a default and a text, and the class takes them',
  async (_name, entry) => {
    const schema = await entry.options()
    const defaults = schema.parse({})
    for (const [option, field] of Object.entries(schema.shape)) {
      expect(defaults).toHaveProperty(option)
      expect((field as { description?: string }).description, option).toBeTruthy()
    }
    const Module = await entry.load()
    const module = new Module(defaults)
    expect(module.config().name).toBe(entry.name)
    expect(module.config().mapping.length).toBeGreaterThan(1)
    expect(Module.summary).toBe(entry.summary)
    expect(entry.source).not.toBe('')
  },
)

it('loads no other package until it is asked', async () => {
  const folder = await dataFolder()
  const script = fileURLToPath(new URL('./helpers/catalog-child.ts', import.meta.url))
  const { stdout } = await run(
    process.execPath,
    ['--import', 'tsx', '-C', '@ductus/source', script],
    { env: { ...process.env, NODE_V8_COVERAGE: folder } },
  )
  expect(JSON.parse(stdout)).toEqual(dataModules.map((entry) => entry.name))
  const loaded: string[] = []
  for (const file of await readdir(folder)) {
    const { result } = JSON.parse(await readFile(join(folder, file), 'utf8')) as {
      result: { url: string }[]
    }
    loaded.push(...result.map((script) => script.url))
  }
  expect(loaded.some((url) => url.endsWith('src/catalog.ts'))).toBe(true)
  expect(loaded.filter((url) => /node_modules\/(zod|yauzl|smol-toml)/.test(url))).toEqual([])
  expect(loaded.filter((url) => /src\/(files|loader|datasets)\//.test(url))).toEqual([])
})
