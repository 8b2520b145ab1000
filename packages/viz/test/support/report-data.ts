import type { ReportData } from '../../src/index.js'
import { calibrationOf, confusionOf } from '../../src/index.js'
import { digit, digitLabel, seeded } from './mnist.js'

/** Everything a report can show, from real digits and seeded numbers. */
export function reportData(): ReportData {
  const random = seeded(11)
  const names = [...'0123456789']
  const truths = Array.from({ length: 2000 }, (_u, i) => Number(digitLabel(i)))
  const predictions = truths.map((t) => (random() < 0.95 ? t : Math.floor(random() * 10)))
  const confidences = truths.map(() => random() ** 0.3)
  const samples = Array.from({ length: 40 }, (_u, i) => ({
    image: digit(i),
    label: digitLabel(i),
    prediction: names[predictions[i] ?? 0] ?? '',
    score: confidences[i] ?? 0,
  }))
  const steps = Array.from({ length: 100 }, (_u, i) => i * 10)
  const values = (count: number) =>
    steps.map(() => Float32Array.from({ length: count }, () => random() - 0.5))
  const line = new Uint8Array(28 * 28 * 16)
  for (let k = 0; k < 16; k++) {
    const image = digit(k)
    for (let p = 0; p < 784; p++)
      line[Math.floor(p / 28) * 448 + k * 28 + (p % 28)] = image.data[p] ?? 0
  }
  const text = Array.from({ length: 16 }, (_u, k) => digitLabel(k))
  return {
    command: 'ductus fit --model CNN --data MNIST --max-epochs 20 --report',
    results: { 'test/loss': 0.081, 'test/acc': 0.976 },
    confusion: confusionOf(truths, predictions, names),
    calibration: calibrationOf(
      confidences,
      truths.map((t, i) => t === predictions[i]),
    ),
    samples,
    worst: samples
      .filter((s) => s.label !== s.prediction)
      .map((s, i) => ({ ...s, loss: 9 / (i + 1) })),
    lines: [
      {
        image: { data: line, height: 28, width: 448 },
        label: text,
        prediction: text.map((c) => (c === '5' ? 'S' : c)),
      },
    ],
    readings: [{ truth: text.join(''), read: text.join('').replaceAll('5', 'S') }],
    inputShape: [28, 28, 1],
    layers: [
      {
        name: 'block1/conv',
        kind: 'conv2d',
        outputShape: [28, 28, 64],
        parameters: 640,
        macs: 451_584,
        detail: '3 × 3, stride 1, padding 1',
        activation: 'relu',
      },
      {
        name: 'pool',
        kind: 'maxPool',
        outputShape: [14, 14, 64],
        parameters: 0,
        macs: 0,
        detail: '2 × 2',
      },
      { name: 'fc', kind: 'dense', outputShape: [10], parameters: 125_450, macs: 125_440 },
    ],
    kernels: [
      {
        name: 'block1/conv',
        data: Float32Array.from({ length: 9 * 64 }, () => random() - 0.5),
        shape: [3, 3, 1, 64],
      },
    ],
    featureMaps: {
      input: digit(0),
      layers: [
        {
          layer: 'block1/conv',
          data: Float32Array.from({ length: 28 * 28 * 64 }, () => random()),
          shape: [28, 28, 64],
        },
      ],
    },
    histories: [
      {
        weights: { name: 'fc/weight', steps, values: values(200) },
        biases: { name: 'fc/bias', steps, values: values(10) },
      },
    ],
    activations: [
      {
        layer: 'block1/conv',
        steps,
        mean: steps.map(() => random()),
        std: steps.map(() => random()),
        deadShare: steps.map(() => random() * 0.1),
      },
    ],
    lrSweep: {
      lr: steps.map((s) => 10 ** (-6 + s / 200)),
      loss: steps.map((s) => 2.3 - s / 900),
      suggestion: 1e-3,
    },
    environment: { ductus: '0.1.0', node: 'v20.19.0', backend: 'wasm' },
    notes: ['A note from the command line.'],
  }
}
