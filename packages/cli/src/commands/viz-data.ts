import type { DataModule } from '@ductus/data'
import { findDataClass } from '../classes/find-data-class.js'
import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type { vizDataOptions } from '../options/picture-options.js'
import { pictureOptions, savePictures } from '../pictures/save-pictures.js'
import { createPrinter } from '../terminal/printer.js'
import { dataContext } from './data-context.js'

type Values = OptionValues<typeof vizDataOptions>

/** Draws images of a data module with their labels, into a file or in the terminal. */
export async function vizData({ args, values, data, io }: CommandCall<Values>): Promise<number> {
  const printer = createPrinter(io, values)
  const { imageGrid, lineStrips, terminalMode, terminalRow } = await import('@ductus/viz')
  const DataClass = await (await findDataClass(args[0] ?? '')).load()
  const module = new DataClass(data, dataContext(values, printer))
  const { name, preprocessing } = module.config()
  const isLine = preprocessing.kind === 'line'
  const split = values.split ?? 'test'
  const items = await firstItems(module, split, values.count ?? (isLine ? 9 : 100))
  await module.teardown()
  if (values.terminal === true) {
    const { columns = 100, isTTY = false } = io.stdout
    const mode = terminalMode(io.env, isTTY)
    const across = isLine ? 1 : Math.max(1, Math.floor(columns / (mode === 'ascii' ? 58 : 30)))
    for (let i = 0; i < items.length; i += across) {
      const row = items
        .slice(i, i + across)
        .map(({ image, labels }) => ({ image, caption: labels.join('') }))
      printer.result(terminalRow(row, { mode, columns }))
    }
    printer.json({ status: 'completed', labels: items.map(({ labels }) => labels) })
    return 0
  }
  const options = {
    title: `${name}, ${split}: the first ${items.length === 1 ? (isLine ? 'line' : 'image') : items.length}`,
    ...pictureOptions(values),
  }
  const picture = isLine
    ? lineStrips(
        items.map(({ image, labels }) => ({
          image,
          label: labels,
          title: labels.filter((label) => !/^<[BSEP]>$/.test(label)).join(''),
        })),
        options,
      )
    : imageGrid(
        items.map(({ image, labels }) => ({ image, label: labels.join('') })),
        { captions: (values.captions ?? 'short') as 'short', ...options },
      )
  return savePictures([picture], `viz-${name.toLowerCase()}`, values, printer)
}

async function firstItems(module: DataModule, split: string, count: number) {
  await module.prepareData()
  await module.setup(split === 'test' ? 'test' : 'fit')
  const loader =
    split === 'test'
      ? module.testDataLoader()
      : split === 'train'
        ? module.trainDataLoader().unshuffled()
        : module.valDataLoader()
  const { inputDims, mapping } = module.config()
  const [height, width, channels] = inputDims
  const size = height * width * channels
  const items: {
    image: { data: Float32Array; height: number; width: number; channels: number }
    labels: string[]
  }[] = []
  for await (const batch of loader.batches(0)) {
    const each = batch.y.length / batch.size
    for (let i = 0; i < batch.size && items.length < count; i++) {
      items.push({
        image: { data: batch.x.slice(i * size, (i + 1) * size), height, width, channels },
        labels: Array.from(
          batch.y.subarray(i * each, (i + 1) * each),
          (y) => mapping[y] ?? String(y),
        ),
      })
    }
    if (items.length >= count) break
  }
  return items
}
