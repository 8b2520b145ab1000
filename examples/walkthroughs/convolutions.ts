// Convolutions from first principles, after fast.ai's notebook: from one pixel to im2col.
//   npx tsx -C @ductus/source examples/walkthroughs/convolutions.ts
import { useBackend } from '@ductus/backend'
import { MNIST } from '@ductus/data'
import {
  applyKernel,
  applyKernels,
  circulant,
  convolutionMatrix,
  edgeKernels,
  localMatrix,
} from '@ductus/models/analysis'
import { unfold } from '@ductus/models'
import {
  convFaces,
  convFrames,
  explainConv,
  explainConvMatrix,
  explainIm2col,
  imageGrid,
  kernelGrid,
  numberGrids,
  spreadsheetView,
} from '@ductus/viz'
import * as tf from '@tensorflow/tfjs-core'
import { Page, walkthroughArgs } from './page.js'

const { out } = walkthroughArgs('convolutions')
await useBackend('cpu')
const page = new Page('Convolutions from first principles')

const data = new MNIST({ normalize: false, pixelScale: 256, first: 64 })
await data.prepareData()
await data.setup('fit')
const { dataset } = data.trainDataLoader()
const x = new Float32Array(64 * 784)
const y = new Int32Array(64)
dataset.fill([...Array(64).keys()], x, y, { seed: 0, epoch: 0 })
const wanted = 7 // a 3
const digit = { data: x.subarray(wanted * 784, (wanted + 1) * 784), height: 28, width: 28 }
const rows = Array.from({ length: 28 }, (_, r) =>
  Array.from(digit.data.slice(r * 28, (r + 1) * 28)),
)

page
  .heading('An image is numbers')
  .text('A handwritten 3 from MNIST, its pixels divided by 256, and the same as a spreadsheet.')
  .picture(
    imageGrid([{ image: digit, label: '3' }], {
      tileSize: 140,
      captions: 'words',
      title: 'One image',
    }),
  )
  .picture(spreadsheetView(digit, { rows: [3, 26], columns: [3, 26] }))

/** Draws the digit at another size, between its pixels by straight lines. */
function drawnAt(size: number) {
  const at = (r: number, c: number) =>
    rows[Math.min(27, Math.max(0, r))]?.[Math.min(27, Math.max(0, c))] ?? 0
  const data = new Float32Array(size * size)
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [v, u] = [((y + 0.5) * 28) / size - 0.5, ((x + 0.5) * 28) / size - 0.5]
      const [r, c] = [Math.floor(v), Math.floor(u)]
      const [a, b] = [v - r, u - c]
      data[y * size + x] =
        (1 - a) * ((1 - b) * at(r, c) + b * at(r, c + 1)) +
        a * ((1 - b) * at(r + 1, c) + b * at(r + 1, c + 1))
    }
  }
  return {
    image: { data, height: size, width: size },
    caption: `${size} × ${size}: ${(size * size).toLocaleString('en')}`,
  }
}
page.text(
  'Drawn with 10 pixels a side it is 100 numbers, with 1,000 a million: a dense layer of 100 units on it would have 100 million ' +
    'weights, a 3 × 3 kernel still has 9.',
)
page.picture(
  imageGrid([10, 28, 100, 300, 1000].map(drawnAt), {
    columns: 5,
    tileSize: 140,
    title: 'One character, more and more numbers',
  }),
)

page.heading('A kernel looks for an edge')
page.text(
  'The kernel "top" is −1 above, 0 in the middle and 1 below. Laid with its centre on a pixel, it sums −a1−a2−a3+a7+a8+a9: ' +
    'large where the image is dark above and light below.',
)
page.picture(
  explainConv({
    image: rows.slice(3, 13).map((row) => row.slice(10, 23)),
    kernel: edgeKernels.top,
  }),
)
const results: [string, number][] = [
  [4, 15],
  [8, 15],
].map(([r = 0, c = 0]) => [`applyKernel(${r}, ${c})`, applyKernel(rows, r, c, edgeKernels.top)])
page.table(['Where', 'Sum'], results, 'The kernel at two places of this image')
page.picture(
  numberGrids(
    [
      {
        values: Array.from({ length: 5 }, () => Array.from({ length: 5 }, () => 0)),
        words: (r, c) => `${r + 1},${c + 1}`,
        label: 'centres (i, j)',
      },
    ],
    { title: 'Where a 3 × 3 kernel may be centred', cell: 40 },
  ),
)
const names = Object.keys(edgeKernels) as (keyof typeof edgeKernels)[]
const kernels = names.map((name) => edgeKernels[name])
page.picture(
  kernelGrid(
    {
      name: 'edges',
      data: [...Array(9).keys()].flatMap((p) =>
        kernels.map((k) => k[Math.floor(p / 3)]?.[p % 3] ?? 0),
      ),
      shape: [3, 3, 1, kernels.length],
    },
    { title: 'Four edge kernels', tileSize: 64, caption: (i) => names[i] ?? '' },
  ),
)
const maps = applyKernels({ data: x.subarray(0, 16 * 784), shape: [16, 28, 28] }, kernels)
page.text(
  `16 images under 4 kernels give maps of shape [${maps.shape.join(', ')}]. A convolution is translation-equivariant: move the image, ` +
    'and the maps move with it. Invariance comes only with pooling.',
)
const one = applyKernels({ data: digit.data, shape: [1, 28, 28] }, kernels)
page.picture(
  imageGrid(
    names.map((name, k) => ({
      image: {
        data: Float32Array.from({ length: 676 }, (_, p) => one.data[p * 4 + k] ?? 0),
        height: 26,
        width: 26,
      },
      caption: name,
    })),
    { title: 'What each kernel finds in the 3: 26 × 26', tileSize: 104, columns: 4 },
  ),
)

page.heading('Padding and stride, frame by frame')
for (const [n, k, stride, padding] of [
  [4, 3, 1, 0],
  [5, 4, 1, 2],
  [5, 3, 2, 1],
] as const) {
  page.picture(convFrames({ input: [n, n], kernel: [k, k], stride, padding }))
}

page.heading('Four faces of the same thing')
page.picture(convFaces())
const small = rows.slice(7, 13).map((row) => row.slice(12, 18).map((v) => Math.round(v * 10) / 10))
page.picture(explainIm2col({ image: small, kernel: edgeKernels.left }))
page.picture(explainConvMatrix({ image: small, kernel: edgeKernels.left }))

page.heading('Local, and translation-equivariant')
page.text(
  'A dense layer has a weight for every pair; a local one only near the diagonal; a convolution has the same few in every row. ' +
    'With circular padding the matrix is circulant.',
)
const random = Array.from({ length: 18 }, (_, i) => Math.sin((i + 1) * 12.9898) * 2)
const show = (values: number[][], label: string) => ({
  values: values.map((row) => row.map((v) => (v === 0 ? Number.NaN : v))),
  label,
  colours: 'diverging' as const,
  range: [-2, 2] as const,
})
page.picture(
  numberGrids(
    [
      show(
        Array.from({ length: 6 }, (_, r) =>
          random.slice(0, 8).map((_v, c) => random[(r * 7 + c * 5) % 18] ?? 0),
        ),
        'generic 6 × 8',
      ),
      show(localMatrix(random, 3, 8), 'local 6 × 8'),
      show(convolutionMatrix([1, -2, 0.5], 8), 'convolution, valid: 6 × 8'),
      show(convolutionMatrix([1, -2, 0.5], 8, { padding: 'circular' }), 'circular: 8 × 8'),
    ],
    { title: 'Length 8, kernel 3', cell: 26 },
  ),
)
page.picture(
  numberGrids([show(circulant([1, -2, 0.5, 0, 0, 0, 0, 1.5]), 'circulant')], {
    title: 'circulant(vector)',
    cell: 30,
  }),
)

page.heading('The same numbers three ways, timed')
const image = tf.tensor4d(Float32Array.from(digit.data), [1, 28, 28, 1])
const kernel = tf.tensor4d(edgeKernels.top.flat(), [3, 3, 1, 1])
const loop = () => applyKernels({ data: digit.data, shape: [1, 28, 28] }, [edgeKernels.top]).data
const im2col = async () => {
  const y = tf.tidy(() =>
    tf.matMul(tf.reshape(kernel, [1, 9]), tf.reshape(unfold(image, { kernelSize: 3 }), [9, 676])),
  )
  const values = await y.data()
  y.dispose()
  return values
}
const direct = async () => {
  const y = tf.conv2d(image, kernel, 1, 'valid')
  const values = await y.data()
  y.dispose()
  return values
}
const timed = async (run: () => ArrayLike<number> | Promise<ArrayLike<number>>) => {
  const values = await run()
  const times: number[] = []
  for (let i = 0; i < 21; i++) {
    const start = performance.now()
    await run()
    times.push(performance.now() - start)
  }
  return { ms: times.sort((a, b) => a - b)[10] ?? Number.NaN, values }
}
const ways = {
  'loop over windows': await timed(loop),
  im2col: await timed(im2col),
  conv2d: await timed(direct),
}
const reference = ways.conv2d.values
const difference = (values: ArrayLike<number>) =>
  Math.max(...Array.from(values, (v, i) => Math.abs(v - (reference[i] ?? 0))))
page.table(
  ['Way', 'ms (median of 21)', 'Largest difference from conv2d'],
  Object.entries(ways).map(([name, { ms, values }]) => [name, ms, difference(values)]),
  'One 28 × 28 image, one 3 × 3 kernel, on the reference backend of this machine',
)
await page.write(out)
