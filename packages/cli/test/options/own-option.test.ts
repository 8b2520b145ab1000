import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ownOptionsOfSchema } from '../../src/classes/own-options-of-schema.js'

const schema = z.strictObject({
  convDim: z.number().int().min(1).default(64).describe('channels of each convolution.'),
  fc1: z.number().default(1024).describe('first layer'),
  residual: z.boolean().default(false).describe('add the input'),
  normalize: z.boolean().default(true).describe('normalise'),
  act: z.enum(['relu', 'tanh']).default('relu').describe('activation'),
  overlap: z.tuple([z.number(), z.number()]).default([0, 0.33]).describe('range'),
  width: z
    .union([z.number(), z.literal('auto')])
    .default('auto')
    .describe('width'),
  limit: z.number().nullable().default(null).describe('limit'),
  pad: z.string().default('x').describe('padding'),
})

async function option(key: string) {
  const found = (await ownOptionsOfSchema(schema, 'Options of Test')).find((one) => one.key === key)
  if (!found) throw new Error(`no option ${key}`)
  return found
}

describe('ownOptionsOfSchema', () => {
  it('names, describes and gives the default of a field', async () => {
    const { flag, spec } = await option('convDim')
    expect(flag).toBe('conv-dim')
    expect(spec).toMatchObject({
      kind: 'text',
      value: 'n',
      default: '64',
      text: 'Channels of each convolution',
    })
  })

  it('keeps digits with their word', async () => {
    expect((await option('fc1')).flag).toBe('fc1')
  })

  it('makes flags of booleans', async () => {
    expect((await option('residual')).spec).toMatchObject({ kind: 'flag', default: 'false' })
    expect((await option('normalize')).spec).toMatchObject({ kind: 'flag', default: 'true' })
  })

  it.each([
    ['convDim', '32', 32],
    ['act', 'TANH', 'tanh'],
    ['overlap', '0.1,0.25', [0.1, 0.25]],
    ['width', 'auto', 'auto'],
    ['width', '28', 28],
    ['limit', 'none', null],
    ['limit', '3', 3],
    ['pad', '12', '12'],
  ])('reads %s from %s', async (key, text, value) => {
    expect((await option(key)).read(text)).toEqual(value)
  })

  it('says what a value should have been', async () => {
    const [dim, act] = [await option('convDim'), await option('act')]
    expect(() => dim.read('wide')).toThrow(
      'Option --conv-dim: expected a whole number, received "wide".',
    )
    expect(() => act.read('rlu')).toThrow('Unknown value "rlu". Did you mean relu?')
  })
})
