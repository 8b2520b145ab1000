import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from '../run-cli.js'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ductus-user-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function place(name: string, files: Record<string, string>): Promise<string> {
  const place = join(folder, name)
  await mkdir(place, { recursive: true })
  for (const [file, text] of Object.entries(files)) await writeFile(join(place, file), text)
  return place
}

const model = (name: string) => `
  import { defineModel, through } from '@ductus/models'
  import * as tf from '@tensorflow/tfjs-layers'
  import { z } from 'zod'
  import { units } from './units'
  export const ${name} = defineModel({
    name: '${name}',
    summary: 'mine',
    source: 'here',
    options: z.object({ wide: z.int().min(1).default(units).describe('width') }),
    build(config, { wide }, { layers }) {
      const input: tf.SymbolicTensor = layers.input(config.inputDims)
      const fc = layers.dense({ name: 'fc', units: wide, activation: 'relu' })
      const out = layers.dense({ name: 'out', units: config.mapping.length })
      return tf.model({ inputs: input, outputs: through(input, layers.flatten({ name: 'flat' }), fc, out) })
    },
  })`
const units = 'export const units: number = 7'

describe('a model of the user, by path', () => {
  it.each([
    ['with "type": "module"', '{ "type": "module" }'],
    ['without a type', '{}'],
    ['with "type": "commonjs"', '{ "type": "commonjs" }'],
  ])('loads from a folder %s that has no packages', async (_, packageJson) => {
    const files = { 'package.json': packageJson, 'mine.ts': model('Mine'), 'units.ts': units }
    const cwd = await place(`typed-${packageJson.length}`, files)
    const { code, stdout, stderr } = await runCli(
      ['models', 'describe', './mine.ts', '--wide', '5'],
      { cwd },
    )
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain('fc (')
    expect(stdout).toMatch(/mine\.ts:\d+$/m)
    expect(stdout).toContain(`${(784 * 5 + 5 + 50 + 10).toLocaleString('en-US')} parameters`)
  })

  it('loads a CommonJS file', async () => {
    const cwd = await place('commonjs', {
      'mine.cjs': `
        const { defineModel } = require('@ductus/models')
        const tf = require('@tensorflow/tfjs-layers')
        const { z } = require('zod')
        module.exports = defineModel({ name: 'Old', summary: 's', source: 's', options: z.object({}),
          build(config, options, { layers }) {
            const input = layers.input(config.inputDims)
            const flat = layers.flatten({ name: 'flat' }).apply(input)
            const out = layers.dense({ name: 'out', units: 10 }).apply(flat)
            return tf.model({ inputs: input, outputs: out })
          } })`,
    })
    const { code, stdout, stderr } = await runCli(['models', 'describe', './mine.cjs'], { cwd })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain('7,850 parameters')
  })

  it('asks which export is meant, and takes it by #Name', async () => {
    const cwd = await place('several', {
      'both.ts': `${model('One')}\nexport { Two } from './two'`,
      'two.ts': model('Two'),
      'units.ts': units,
    })
    const unclear = await runCli(['models', 'describe', './both.ts'], { cwd })
    expect(unclear.code).toBe(2)
    expect(unclear.stderr).toMatch(
      /both\.ts" has several \(One, Two\)\. Say which: --model .*both\.ts#One\.\n$/,
    )
    const named = await runCli(['models', 'describe', './both.ts#Two', '--help'], { cwd })
    expect(named.code).toBe(0)
    expect(named.stdout).toMatch(/Options of Two:\n\s+--wide <n>\s+Width \(default 7\)/)
  })

  it.each([
    ['nothing.ts', undefined, 2, /there is no file "\.\/nothing\.ts"/],
    [
      'broken.ts',
      'export const x = (',
      1,
      /broken\.ts" could not be read: line 1: Unexpected end of file/,
    ],
    [
      'empty.ts',
      'export const x = 1',
      1,
      /expected an export that is a model made by defineModel\(\), found none/,
    ],
    ['throws.ts', 'throw new Error("boom")', 1, /throws\.ts" could not be loaded: Error: boom/],
    [
      'lost.ts',
      'import "not-installed-anywhere"',
      1,
      /lost\.ts" could not be read: line 1: Could not resolve "not-installed-anywhere"/,
    ],
  ])('says in one line what is wrong with %s', async (file, text, code, message) => {
    const cwd = await place('wrong', text === undefined ? {} : { [file]: text })
    const result = await runCli(['models', 'describe', `./${file}`], { cwd })
    expect(result.stderr).toMatch(message)
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(result.code).toBe(code)
  })
})
