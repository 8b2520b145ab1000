// Colour images: three channels, one kernel for each, one number a position.
//   npx tsx -C @ductus/source examples/walkthroughs/colour.ts [--out page.html]
// A photo of your own in place of the cup of coffee: PHOTO=photo.jpg
import { edgeKernels } from '@ductus/models/analysis'
import { featureMaps, numberGrids, readImage, rgbChannels } from '@ductus/viz'
import { fileURLToPath } from 'node:url'
import { Page, walkthroughArgs } from './page.js'

const { out } = walkthroughArgs('colour')
const page = new Page('Colour images')

// a cup of coffee, 360 × 240, by Rachel Michetti: CC0
const photo = process.env.PHOTO ?? fileURLToPath(new URL('coffee.jpg', import.meta.url))
const image = await readImage(photo, { channels: 3, width: 360, height: 240 })
const { height, width } = image

page.heading('An image of three channels')
page.text(`${height} × ${width} × 3: red, green and blue, each a grey image of its own.`)
page.picture(rgbChannels(image))
page.picture(rgbChannels(image, { asInk: true, title: 'The same as ink on white: 255 − x' }))

const channel = (c: number) =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_v, x) => (image.data[(y * width + x) * 3 + c] ?? 0) / 255),
  )
const channels = [0, 1, 2].map(channel)
const names = ['red', 'green', 'blue']
type Kernels = readonly (readonly (readonly number[])[])[]

/** Adds up what the kernels of a filter give at a position, channel by channel. */
function answer(kernels: Kernels, y: number, x: number): number {
  let value = 0
  for (let c = 0; c < 3; c++) {
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++)
        value += (kernels[c]?.[a]?.[b] ?? 0) * (channels[c]?.[y + a]?.[x + b] ?? 0)
    }
  }
  return value
}

/** Finds where a filter gives most. */
function strongest(kernels: Kernels): [number, number] {
  let best: [number, number] = [0, 0]
  let most = -Infinity
  for (let y = 0; y < height - 2; y++) {
    for (let x = 0; x < width - 2; x++) {
      const value = answer(kernels, y, x)
      if (value > most) [most, best] = [value, [y, x]]
    }
  }
  return best
}

page.heading('One output position')
page.text(
  'A filter has a kernel for each input channel: 3 × 3 × 3 numbers. Each kernel multiplies its own channel’s window; all 27 products and ' +
    'the bias make one number.',
)
const filters = [
  { name: 'edges of all colours', kernels: names.map(() => edgeKernels.top) },
  {
    name: 'red against green',
    kernels: [1, -1, 0].map((w) =>
      [
        [w, w, w],
        [w, w, w],
        [w, w, w],
      ].map((r) => r.map((v) => v / 9)),
    ),
  },
  {
    name: 'left edges in blue',
    kernels: [0, 0, 1].map((w) => edgeKernels.left.map((r) => r.map((v) => v * w))),
  },
]
const chosen = filters[0]
const [row, column] = strongest(chosen?.kernels ?? [])
const window = (c: number) =>
  [0, 1, 2].map((a) => [0, 1, 2].map((b) => channels[c]?.[row + a]?.[column + b] ?? 0))
let sum = 0
for (const [c, name] of names.entries()) {
  const values = window(c)
  const kernel = chosen?.kernels[c] ?? []
  const products = values.map((line, a) => line.map((v, b) => v * (kernel[a]?.[b] ?? 0)))
  const part = products.flat().reduce((x, y) => x + y, 0)
  sum += part
  page.picture(
    numberGrids(
      [
        { values, label: `${name} window`, colours: 'grey', range: [0, 1] },
        '×',
        {
          values: kernel.map((r) => [...r]),
          label: 'kernel',
          colours: 'diverging',
          range: [-1, 1],
        },
        '=',
        { values: products, label: 'products', colours: 'diverging', range: [-1, 1] },
        '→',
        { values: [[part]], label: 'sum' },
      ],
      { title: `Channel ${c}: ${name}`, cell: 40 },
    ),
  )
}
page.text(
  `The three sums together: ${sum.toFixed(3).replace('-', '−')}, the most that this filter gives anywhere in the image ` +
    `(rows ${row} to ${row + 2}, columns ${column} to ${column + 2}).`,
)

page.heading('Stacked for every filter')
page.text(
  `${filters.length} filters give ${filters.length} maps: weights of shape [3, 3, 3, ${filters.length}], output [${height - 2}, ${width - 2}, ${filters.length}].`,
)
const maps = new Float32Array((height - 2) * (width - 2) * filters.length)
for (let y = 0; y < height - 2; y++) {
  for (let x = 0; x < width - 2; x++) {
    for (const [f, { kernels }] of filters.entries()) {
      maps[(y * (width - 2) + x) * filters.length + f] = answer(kernels, y, x)
    }
  }
}
page.picture(
  featureMaps([{ layer: 'output', data: maps, shape: [height - 2, width - 2, filters.length] }], {
    title: 'One map a filter',
    tileSize: 300,
    scale: 'map',
    caption: (f) => filters[f]?.name ?? '',
  }),
)
await page.write(out)
