import { costOf, describeCost, parseLayers, type LayerSpec } from '@ductus/models/analysis'
import { describe, expect, it } from 'vitest'

/** The lab's CNN for EMNIST's 83 characters. */
const cnn: LayerSpec[] = [
  { kind: 'conv', filters: 64, kernelSize: 3, padding: 1 },
  { kind: 'conv', filters: 64, kernelSize: 3, padding: 1 },
  { kind: 'maxPool', size: 2 },
  { kind: 'flatten' },
  { kind: 'dense', units: 128, name: 'fc1' },
  { kind: 'dense', units: 83 },
]

describe('costOf', () => {
  it("works the courses' example of three convolutions over photos", () => {
    const layers = parseLayers('conv 100 3 s2 p1; conv 200 3 s2 p1; conv 400 3 s2 p1')
    const cost = costOf(layers, [200, 300, 3], { batch: 50 })
    const kernels = cost.layers.map(({ parameters }) => parameters[0]!.count)
    expect(kernels).toEqual([2_700, 180_000, 720_000])
    expect(cost.kernelParameters).toBe(902_700)
    expect(cost.parameters).toBe(903_400)
    expect((cost.kernelParameters * 4) / 1e6).toBeCloseTo(3.61, 2)
    expect(cost.weightBytes).toBe(3_613_600)
    expect(cost.layers.map(({ activations }) => activations)).toEqual([1_500_000, 750_000, 380_000])
    expect(cost.layers[2]!.outputShape).toEqual([25, 38, 400])
    expect(cost.activations).toBe(2_810_000)
    expect(cost.trainingBytes / 1e6).toBeCloseTo(11.24, 2)
    expect(cost.batchTrainingBytes / 1e6).toBeCloseTo(562, 1)
    expect(cost.inferenceBytes).toBe(4 * (1_500_000 + 750_000))
  })

  it('counts the same with pooling beside it', () => {
    const layers = parseLayers(
      'conv 100 3 p1; maxpool 2; conv 200 3 p1; maxpool 2; conv 400 3 p1; maxpool 2',
    )
    const cost = costOf(layers, [200, 300, 3])
    expect(cost.kernelParameters).toBe(902_700)
    expect(cost.layers.map(({ outputShape }) => outputShape)).toEqual([
      [200, 300, 100],
      [100, 150, 100],
      [100, 150, 200],
      [50, 75, 200],
      [50, 75, 400],
      [25, 37, 400],
    ])
    expect(cost.activations).toBe(
      180_000 + 6_000_000 + 1_500_000 + 3_000_000 + 750_000 + 1_500_000 + 370_000,
    )
  })

  it("finds the CNN's biggest tensor in the dense layer and 18 times its work in a convolution", () => {
    const cost = costOf(cnn, [28, 28, 1])
    const [, conv2, , , fc1] = cost.layers
    expect(fc1!.parameters[0]).toEqual({
      name: 'fc1/kernel',
      shape: [12_544, 128],
      count: 1_605_632,
      statistic: false,
    })
    expect(fc1!.macs).toBe(1_605_632)
    expect(conv2!.macs).toBe(28_901_376)
    expect(conv2!.macs! / fc1!.macs!).toBe(18)
    expect(cost.biggestForStorage).toBe('fc1')
    expect(cost.biggestForCompute).toBe('conv2')
    expect(cost.parameters).toBe(1_654_035)
  })

  it('counts 75 weights for 3 filters of 5×5, 78 with biases', () => {
    const [conv] = costOf(parseLayers('conv 3 5'), [28, 28, 1]).layers
    expect(conv!.parameters.map(({ count }) => count)).toEqual([75, 3])
    expect(conv!.parameterCount).toBe(78)
  })

  it('works the example of 64 photos of 512 px', () => {
    const cost = costOf(parseLayers('conv 32 5 s2'), [512, 512, 3], { batch: 64 })
    expect(cost.layers[0]!.outputShape).toEqual([254, 254, 32])
    expect(cost.layers[0]!.parameters[0]!.count).toBe(32 * 3 * 5 * 5)
    expect(cost.batchTrainingBytes).toBe(4 * 64 * (512 * 512 * 3 + 254 * 254 * 32))
  })

  it('tells size, step and start of the receptive field', () => {
    const [first, second] = costOf(
      parseLayers('conv 1 3 s2 p1; conv 1 3 s2 p1'),
      [28, 28, 1],
    ).layers
    expect(first!.receptiveField).toEqual({ size: [3, 3], stride: [2, 2], start: [-1, -1] })
    expect(second!.receptiveField).toEqual({ size: [7, 7], stride: [4, 4], start: [-3, -3] })
    const dense = costOf(cnn, [28, 28, 1]).layers.at(-1)
    expect(dense!.receptiveField).toBeUndefined()
  })

  it('follows both paths of a residual block', () => {
    const layers: LayerSpec[] = [
      { kind: 'conv', filters: 4, kernelSize: 3, padding: 1, name: 'stem' },
      { kind: 'conv', filters: 4, kernelSize: 3, padding: 1, name: 'branch' },
      { kind: 'add', name: 'sum', inputs: ['stem', 'branch'] },
    ]
    const cost = costOf(layers, [8, 8, 1])
    expect(cost.layers[2]!.receptiveField).toEqual({
      size: [5, 5],
      stride: [1, 1],
      start: [-2, -2],
    })
    // While they are added, stem and branch and their sum are there at once.
    expect(cost.inferenceBytes).toBe(4 * 3 * 8 * 8 * 4)
    expect(() =>
      costOf([layers[0]!, { kind: 'add', inputs: ['stem', 'input'] }], [8, 8, 1]),
    ).toThrow('add1: expected maps of one shape, received [8, 8, 4] and [8, 8, 1].')
  })

  it('counts every window of a line', () => {
    const layers: LayerSpec[] = [{ kind: 'windows', width: 28, stride: 28 }, ...cnn]
    const line = costOf(layers, [28, 896, 1])
    const one = costOf(cnn, [28, 28, 1])
    expect(line.macs).toBe(32 * one.macs)
    expect(line.parameters).toBe(one.parameters)
  })

  it('counts a bias a unit and filters that read some maps only (LeCun 1990)', () => {
    const layers: LayerSpec[] = [
      { kind: 'conv', filters: 12, kernelSize: 5, strides: 2, padding: 2, useBias: 'unit' },
      {
        kind: 'conv',
        filters: 12,
        kernelSize: 5,
        strides: 2,
        padding: 2,
        useBias: 'unit',
        fanInChannels: 8,
      },
      { kind: 'flatten' },
      { kind: 'dense', units: 30 },
      { kind: 'dense', units: 10 },
    ]
    const cost = costOf(layers, [16, 16, 1])
    expect(cost.layers.map(({ parameterCount }) => parameterCount)).toEqual([
      1068, 2592, 0, 5790, 310,
    ])
    expect(cost.parameters).toBe(9_760)
  })

  it('says which layer can not take what comes', () => {
    expect(() => costOf(parseLayers('dense 10'), [28, 28, 1])).toThrow(
      'dense1: expected features, received a map [28, 28, 1]. Put a flatten layer before it.',
    )
    expect(() => costOf(parseLayers('conv 4 9'), [5, 5, 1])).toThrow(
      "conv1: expected a map of at least the window's size, received [5, 5, 1].",
    )
    expect(() => costOf(parseLayers('flatten; conv 4 3'), [5, 5, 1])).toThrow(
      'conv1: expected a map',
    )
  })

  it('is written as a table', () => {
    const text = describeCost(costOf(cnn, [28, 28, 1], { batch: 128 }))
    expect(text).toMatch(
      /conv2 \(conv\) +28×28×64 +36,928 +28,901,376 +50,176 +5×5, step 1×1, from -2,-2/,
    )
    expect(text).toContain('1,654,035')
    expect(text).toContain('biggest     fc1 for storage, conv2 for compute')
  })
})

describe('sizes and names that no layer has', () => {
  it.each([
    [{ kind: 'conv', filters: 8, kernelSize: 3, strides: 0 }, 'conv1: expected strides of whole'],
    [{ kind: 'conv', filters: 8, kernelSize: 3, dilation: 0 }, 'conv1: expected dilation of whole'],
    [{ kind: 'conv', filters: 8, kernelSize: [3, 0] }, 'conv1: expected kernelSize of whole'],
    [{ kind: 'conv', filters: 0.5, kernelSize: 3 }, 'conv1: expected filters of whole'],
    [
      { kind: 'maxPool', size: 0 },
      'maxPool1: expected size of whole numbers of at least 1, received 0',
    ],
    [{ kind: 'dense', units: NaN }, 'dense1: expected units of whole'],
  ] as [LayerSpec, string][])('are refused: %j', (layer, message) => {
    expect(() => costOf([layer], [28, 28, 1])).toThrow(message)
  })

  it('are refused where a name is given twice, by itself or by the arithmetic', () => {
    expect(() => costOf(parseLayers('relu name=relu2; relu'), [8, 8, 1])).toThrow(
      'shapeLayers: expected a name of its own for each layer, received "relu2" twice',
    )
  })
})
