import { parseInput, parseLayers } from '@ductus/models/analysis'
import { describe, expect, it } from 'vitest'

describe('parseLayers', () => {
  it('reads every kind of layer', () => {
    const text = `conv 8 3x5 s2 p1x2 d2 nobias name=stem; batchnorm
      relu; maxpool 2; avgpool 3x2 s1; conv 4 3 same; dropout 0.5; flatten; dense 10 nobias`
    expect(parseLayers(text)).toEqual([
      {
        kind: 'conv',
        filters: 8,
        kernelSize: [3, 5],
        strides: 2,
        padding: [1, 2],
        dilation: 2,
        useBias: false,
        name: 'stem',
      },
      { kind: 'batchNorm' },
      { kind: 'relu' },
      { kind: 'maxPool', size: 2 },
      { kind: 'avgPool', size: [3, 2], strides: 1 },
      { kind: 'conv', filters: 4, kernelSize: 3, padding: 'same' },
      { kind: 'dropout' },
      { kind: 'flatten' },
      { kind: 'dense', units: 10, useBias: false },
    ])
  })

  it.each([
    ['', 'parseLayers: expected at least one layer, received none'],
    ['cnv 8 3', 'parseLayers: unknown layer "cnv". Did you mean conv? Known: conv, dense,'],
    ['conv', 'parseLayers: expected the number of filters in "conv", received nothing'],
    ['conv x 3', 'parseLayers: expected the number of filters in "conv x 3", received x'],
    ['conv 8', 'expected the window\'s size in "conv 8", received nothing'],
    ['conv 8 3 q2', 'received "q2" in "conv 8 3 q2"'],
    ['dense 10 s2', 'received "s2" in "dense 10 s2"'],
    ['maxpool 2 p1', 'received "p1" in "maxpool 2 p1"'],
    ['relu 3', 'received "3" in "relu 3"'],
    ['constructor', 'unknown layer "constructor"'],
    ['__proto__', 'unknown layer "__proto__"'],
    ['dropout abc', 'expected a rate from 0 to below 1, received "abc" in "dropout abc"'],
    ['dropout 7', 'expected a rate from 0 to below 1, received "7"'],
    ['dropout -1', 'expected a rate from 0 to below 1, received "-1"'],
    ['dropout 0.5 0.5', 'received "0.5" in "dropout 0.5 0.5"'],
    ['conv 8 0', 'expected sizes of at least 1, received "0" in "conv 8 0"'],
    ['conv 8 3x0', 'expected sizes of at least 1, received "3x0"'],
    ['conv 8 3 s0', 'expected sizes of at least 1, received "0" in "conv 8 3 s0"'],
    ['conv 8 3 d0', 'expected sizes of at least 1, received "0" in "conv 8 3 d0"'],
    ['maxpool 0', 'expected sizes of at least 1, received "0" in "maxpool 0"'],
    ['avgpool 2 s0', 'expected sizes of at least 1, received "0" in "avgpool 2 s0"'],
    [`conv ${'9'.repeat(400)} 3`, 'expected the number of filters'],
    [`conv 8 ${'9'.repeat(400)}`, 'expected sizes of at least 1'],
    ['relu name=', 'expected a name other than input, received "name=" in "relu name="'],
    ['relu name=input', 'expected a name other than input, received "name=input"'],
    ['relu name=a name=b', 'expected one name, received "name=b"'],
    ['conv 8 3 name=a; relu name=a', 'a name of its own for each layer, received "a" twice'],
    ['conv 8 3 same valid', 'expected one word for the padding, received "valid"'],
    ['conv 8 3 p1 same', 'expected one word for the padding, received "same"'],
    ['conv 8 3 s1 s2', 'expected one word for the stride, received "s2"'],
    ['conv 8 3 d1 d2', 'expected one word for the dilation, received "d2"'],
    ['conv 8 3 same valid s1 s2', 'expected one word for the padding, received "valid"'],
    ['dense 10 nobias nobias', 'expected one word for the bias, received "nobias"'],
  ])('says what is wrong in "%s"', (text, message) => {
    expect(() => parseLayers(text)).toThrow(message)
  })
})

describe('parseInput', () => {
  it('reads height, width and channels', () => {
    expect(parseInput('28x28x1')).toEqual([28, 28, 1])
    expect(parseInput('200×300×3')).toEqual([200, 300, 3])
    expect(parseInput('16x16')).toEqual([16, 16, 1])
  })

  it.each(['', '28', '28x', '28x28x0', 'axb'])('refuses "%s"', (text) => {
    expect(() => parseInput(text)).toThrow(`expected height x width x channels, received "${text}"`)
  })
})
