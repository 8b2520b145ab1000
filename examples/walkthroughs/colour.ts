// Colour images: three channels, one kernel for each, one number a position.
//   npx tsx -C @ductus/source examples/walkthroughs/colour.ts [--out page.html]
// A photo of your own in place of the painted scene: PHOTO=photo.jpg
import { edgeKernels } from '@ductus/models/analysis'
import { imageGrid, numberGrids, readImage, rgbChannels, type PixelImage } from '@ductus/viz'
import { Page, walkthroughArgs } from './page.js'

const { out } = walkthroughArgs('colour')
const page = new Page('Colour images')

/** Paints a poppy field under a blue sky: free of anyone's licence, and each channel has something to show. */
function scene(height: number, width: number): PixelImage {
  const data = new Uint8Array(height * width * 3)
  const flowers = Array.from({ length: 14 }, (_, i) => {
    const t = (i * 0.618) % 1
    return {
      x: t * width,
      y: height * (0.55 + 0.42 * ((i * 0.37) % 1)),
      size: 3 + 7 * ((i * 0.37) % 1),
    }
  })
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sky = y < height * 0.45 + 4 * Math.sin(x / 17)
      const sun = Math.hypot(x - width * 0.78, y - height * 0.18)
      let rgb = sky
        ? [90 + y, 150 + y * 0.6, 235]
        : [40 + 30 * Math.sin(x / 3 + y), 120 + 40 * Math.sin(x / 2 - y / 5), 40]
      if (sky && sun < 14) rgb = [255, 225, 90]
      for (const flower of flowers) {
        const d = Math.hypot(x - flower.x, (y - flower.y) * 1.3)
        if (!sky && d < flower.size) rgb = d < flower.size * 0.3 ? [30, 20, 20] : [215, 35, 30]
      }
      data.set(
        rgb.map((v) => Math.max(0, Math.min(255, v))),
        (y * width + x) * 3,
      )
    }
  }
  return { data, height, width, channels: 3 }
}

const photo = process.env.PHOTO
const image =
  photo === undefined
    ? scene(120, 180)
    : await readImage(photo, { channels: 3, width: 180, height: 120 })
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
const [row, column] = [Math.floor(height * 0.44), Math.floor(width * 0.3)]
const window = (c: number) =>
  [0, 1, 2].map((a) => [0, 1, 2].map((b) => channels[c]?.[row + a]?.[column + b] ?? 0))
const chosen = filters[0]
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
      { title: `Channel ${c}: ${name}` },
    ),
  )
}
page.text(`The three sums together: ${sum.toFixed(3)}.`)

page.heading('Stacked for every filter')
page.text(
  `${filters.length} filters give ${filters.length} maps: weights of shape [3, 3, 3, ${filters.length}], output [${height - 2}, ${width - 2}, ${filters.length}].`,
)
page.picture(
  imageGrid(
    filters.map(({ name, kernels }) => {
      const data = new Float32Array((height - 2) * (width - 2))
      for (let y = 0; y < height - 2; y++) {
        for (let x = 0; x < width - 2; x++) {
          let value = 0
          for (let c = 0; c < 3; c++) {
            for (let a = 0; a < 3; a++) {
              for (let b = 0; b < 3; b++)
                value += (kernels[c]?.[a]?.[b] ?? 0) * (channels[c]?.[y + a]?.[x + b] ?? 0)
            }
          }
          data[y * (width - 2) + x] = value
        }
      }
      return { image: { data, height: height - 2, width: width - 2 }, caption: name }
    }),
    { title: 'One map a filter', tileSize: 240, columns: 3 },
  ),
)
await page.write(out)
