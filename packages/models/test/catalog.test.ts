import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { models } from '@ductus/models/catalog'
import { beforeAll, describe, expect, it } from 'vitest'
import { mnist, useReference } from './support.js'

beforeAll(useReference)

const root = fileURLToPath(new URL('../../..', import.meta.url))

describe('catalog', () => {
  it.each(models)('describes $name as its definition does', async (entry) => {
    const definition = await entry.load()
    const { modelName, summary, source, file } = definition
    expect({ modelName, summary, source, file }).toEqual({
      modelName: entry.name,
      summary: entry.summary,
      source: entry.source,
      file: entry.file,
    })
    expect(definition.options).toBe(await entry.options())
    expect(existsSync(root + entry.file)).toBe(true)
  })

  it.each(models)('gives every option of $name a default and a description', async (entry) => {
    const schema = await entry.options()
    const defaults = schema.parse({})
    for (const [name, field] of Object.entries(schema.shape)) {
      expect(defaults[name], name).toBeDefined()
      expect((field as { description?: string }).description, name).toBeTruthy()
    }
  })

  it.each(models)('builds $name with its defaults', async (entry) => {
    const model = (await entry.load())(mnist)
    expect(model.outputs[0]!.shape).toEqual(
      entry.reads === 'image' ? [null, 10] : [null, expect.any(Number), 10],
    )
  })

  it('loads neither TensorFlow.js nor a schema until asked', () => {
    const resolve = `export async function resolve(specifier, context, next) {
      const found = await next(specifier, context)
      process._rawDebug(found.url)
      return found
    }`
    const script = `
      import { register } from 'node:module'
      register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(resolve)}))
      await import('@ductus/models/analysis')
      const { models } = await import('@ductus/models/catalog')
      process._rawDebug('---')
      await models[0].options()`
    const { stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '-C', '@ductus/source', '--input-type=module', '-e', script],
      { cwd: root, encoding: 'utf8' },
    )
    const [first, then] = stderr.split('---') as [string, string]
    expect(first).toContain('catalog.ts')
    expect(first).toContain('analysis.ts')
    expect(first).not.toMatch(/tensorflow|zod/)
    expect(then).toContain('zod')
    expect(then).not.toContain('tensorflow')
  })
})
