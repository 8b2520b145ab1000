import { describe, expect, it } from 'vitest'
import { fitOptions } from '../../src/options/fit-options.js'
import { parseValue } from '../../src/options/parse-value.js'

const read = (name: keyof typeof fitOptions, text: string) =>
  parseValue(name, fitOptions[name], text)

describe('parseValue', () => {
  it.each([
    ['1', { batches: 1 }],
    ['2', { batches: 2 }],
    ['1.0', { fraction: 1 }],
    ['0.01', { fraction: 0.01 }],
    ['1e-2', { fraction: 0.01 }],
  ])('reads %s batches by its point', (text, limit) => {
    expect(read('overfit-batches', text)).toEqual(limit)
  })

  it.each(['-1', '1.5', 'two', ''])('refuses %j batches', (text) => {
    expect(() => read('limit-train-batches', text)).toThrow(
      /--limit-train-batches: expected a number/,
    )
  })

  it.each([
    ['0', false],
    ['1', true],
    ['-1', true],
    ['0,', true],
    ['0,1', true],
  ])('reads --gpus %s', (text, wanted) => {
    expect(read('gpus', text)).toEqual({ wanted, text })
  })

  it('refuses GPUs that are neither a number nor a list', () => {
    expect(() => read('gpus', 'all')).toThrow('Option --gpus: expected a number')
  })

  it('refuses 16 bits and says why', () => {
    expect(() => read('precision', '16')).toThrow(/expected 32, received 16.*32-bit floats only/)
    expect(read('precision', '32')).toBe(32)
  })

  it.each([
    ['max-epochs', '2.5', 'a whole number of at least -1'],
    ['lr', 'fast', 'a number of at least 0'],
    ['seed', '-3', 'a whole number from 0 to 4294967295'],
    ['batch-size', '0', 'a whole number of at least 1'],
    ['max-steps', ' ', 'a whole number'],
  ] as const)('refuses --%s %s', (name, text, what) => {
    expect(() => read(name, text)).toThrow(`Option --${name}: expected ${what}`)
  })

  it('takes a choice whatever its capitals, and suggests the nearest', () => {
    expect(read('isa', 'AVX2')).toBe('avx2')
    expect(() => read('isa', 'avx513')).toThrow('Unknown value "avx513". Did you mean avx512?')
  })

  it.each([
    ['90', 90_000],
    ['1.5m', 90_000],
    ['00:00:01:30', 90_000],
    ['250ms', 250],
  ])('reads the duration %s', (text, milliseconds) => {
    const spec = { kind: 'duration', group: '', text: '' } as const
    expect(parseValue('max-time', spec, text)).toBe(milliseconds)
  })

  it('gathers a list', () => {
    expect(parseValue('callback', fitOptions.callback, './b.ts', ['./a.ts'])).toEqual([
      './a.ts',
      './b.ts',
    ])
  })
})
