import { parseLayers, precedents } from '@ductus/models/analysis'
import { describe, expect, it } from 'vitest'

describe('precedents', () => {
  it('finds 3×3 cells of the first map and 7×7 of the input behind two convolutions of stride 2', () => {
    const layers = parseLayers('conv 1 3 s2; conv 1 3 s2')
    const [immediate, secondary, ...rest] = precedents(layers, [28, 28, 1], { row: 2, column: 1 })
    expect(immediate).toMatchObject({ order: 1, map: 'conv1', rows: [4, 5, 6], columns: [2, 3, 4] })
    expect(secondary).toMatchObject({
      order: 2,
      map: 'input',
      rows: [8, 9, 10, 11, 12, 13, 14],
      columns: [4, 5, 6, 7, 8, 9, 10],
    })
    expect(rest).toEqual([])
  })

  it("includes the filters' weights", () => {
    const layers = parseLayers('conv 4 3 p1; relu; conv 2 3 p1 nobias')
    const found = precedents(layers, [8, 8, 3], { row: 4, column: 4, channel: 1 })
    expect(found.map(({ map }) => map)).toEqual(['conv1', 'input'])
    expect(found[0]!.channels).toEqual([0, 1, 2, 3])
    expect(found[0]!.weights).toEqual([
      { name: 'conv2/kernel', shape: [3, 3, 4, 2], filters: [1], count: 36 },
    ])
    expect(found[1]!.weights).toEqual([
      { name: 'conv1/kernel', shape: [3, 3, 3, 4], filters: [0, 1, 2, 3], count: 108 },
      { name: 'conv1/bias', shape: [4], filters: [0, 1, 2, 3], count: 4 },
    ])
  })

  it('leaves the padding out and keeps the gaps of dilation and the channel of pooling', () => {
    const layers = parseLayers('conv 4 3 p2 d2; maxpool 2')
    const [pooled, conv] = precedents(layers, [8, 8, 1], { row: 0, column: 1, channel: 3 })
    expect(pooled).toMatchObject({ rows: [0, 1], columns: [2, 3], channels: [3], weights: [] })
    expect(conv).toMatchObject({ rows: [0, 1, 2, 3], columns: [0, 1, 2, 3, 4, 5], channels: [0] })
  })

  it('starts from any layer', () => {
    const layers = parseLayers('conv 1 3; conv 1 3; flatten; dense 10')
    expect(precedents(layers, [8, 8, 1], { row: 0, column: 0, layer: 'conv1' })).toHaveLength(1)
    expect(() => precedents(layers, [8, 8, 1], { row: 0, column: 0, layer: 'conv3' })).toThrow(
      'precedents: unknown layer "conv3". Known: conv1, conv2, flatten1, dense1.',
    )
  })

  it('says that a unit is outside its map', () => {
    expect(() => precedents(parseLayers('conv 1 3'), [8, 8, 1], { row: 6, column: 0 })).toThrow(
      'precedents: expected a unit inside conv1 [6, 6, 1], received row 6, column 0, channel 0.',
    )
  })
})
