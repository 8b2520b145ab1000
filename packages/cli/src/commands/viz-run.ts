import type { CommandCall } from '../options/command-spec.js'
import type { OptionValues } from '../options/option-spec.js'
import type {
  vizConfusionOptions,
  vizFeaturesOptions,
  vizRunOptions,
} from '../options/picture-options.js'
import type { PixelImage } from '@ductus/viz'
import { failure, usageError } from '../errors/cli-error.js'
import { unknownName } from '../errors/nearest-name.js'
import { prepareImage } from '../image/prepare-image.js'
import { prepareLine } from '../image/prepare-line.js'
import { readImage } from '../image/read-image.js'
import { isLines } from '../learning/line-losses.js'
import { featureMapsOf } from '../pictures/feature-maps-of.js'
import { kernelsOf, networkLayersOf } from '../pictures/inside-model.js'
import { openRun, type OpenedRun } from '../pictures/open-run.js'
import { readSamples } from '../pictures/read-samples.js'
import { pictureOptions, savePictures } from '../pictures/save-pictures.js'
import { createPrinter } from '../terminal/printer.js'

type RunCall = CommandCall<OptionValues<typeof vizRunOptions>>

/** Draws the kernels of a run's convolutions. */
export async function vizKernels({ args, values, io }: RunCall): Promise<number> {
  const printer = createPrinter(io, values)
  const { kernelGrid } = await import('@ductus/viz')
  const { model } = await openRun(args[0], values, printer)
  const kernels = chosen(await kernelsOf(model), values.layer, ({ name }) => name)
  model.dispose()
  if (kernels.length === 0) throw failure('viz kernels: this network has no convolutions.')
  const pictures = kernels.map((kernel) => kernelGrid(kernel, pictureOptions(values)))
  return savePictures(pictures, 'kernels', values, printer)
}

/** Draws the feature maps of every convolution for one image. */
export async function vizFeatures({
  args,
  values,
  io,
}: CommandCall<OptionValues<typeof vizFeaturesOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { featureMaps } = await import('@ductus/viz')
  const opened = await openRun(args[0], values, printer)
  const { input, layers, note } = await featureMapsOf(opened.model, await imageFor(opened, values))
  opened.model.dispose()
  await opened.data.teardown()
  if (layers.length === 0) throw failure('viz features: this network has no convolutions.')
  const wanted = chosen(layers, values.layer, ({ layer }) => layer)
  const subtitle = note === undefined ? {} : { subtitle: note }
  return savePictures(
    [featureMaps(wanted, { input, ...subtitle, ...pictureOptions(values) })],
    'features',
    values,
    printer,
  )
}

/** Draws the confusion matrix over test samples. */
export async function vizConfusion({
  args,
  values,
  io,
}: CommandCall<OptionValues<typeof vizConfusionOptions>>): Promise<number> {
  const printer = createPrinter(io, values)
  const { confusionMatrix, confusionOf } = await import('@ductus/viz')
  const opened = await openRun(args[0], values, printer)
  const { truths, predictions, count, total } = await readSamples(opened, values.samples ?? 2000)
  opened.model.dispose()
  await opened.data.teardown()
  if (truths.length === 0)
    throw failure('viz confusion: readings of lines do not align with their labels (CTC).')
  if (count < total) printer.info(`Over the first ${count} of ${total} test samples (--samples)`)
  const picture = confusionMatrix(confusionOf(truths, predictions, opened.config.mapping), {
    ...pictureOptions(values),
    ...(values.cells === undefined ? {} : { cells: values.cells as 'counts' }),
    ...(values.order === undefined ? {} : { order: values.order as 'given' }),
  })
  return savePictures([picture], 'confusion', values, printer)
}

/** Draws a run's network with shapes and costs. */
export async function vizNetwork({ args, values, io }: RunCall): Promise<number> {
  const printer = createPrinter(io, values)
  const { networkDiagram } = await import('@ductus/viz')
  const { model, config } = await openRun(args[0], values, printer)
  const layers = await networkLayersOf(model, config.inputDims)
  model.dispose()
  const picture = networkDiagram(layers, {
    inputShape: config.inputDims,
    ...pictureOptions(values),
  })
  return savePictures([picture], 'network', values, printer)
}

/** Takes all items, or the one that `--layer` names. */
function chosen<T>(items: readonly T[], layer: string | undefined, name: (item: T) => string): T[] {
  if (layer === undefined) return [...items]
  const found = items.filter((item) => name(item) === layer)
  if (found.length === 0) throw usageError(unknownName('layer', layer, items.map(name)))
  return found
}

async function imageFor(
  { data, config }: OpenedRun,
  values: { image?: string; index?: number },
): Promise<PixelImage> {
  const [height, width, channels] = config.inputDims
  if (values.image !== undefined) {
    const { preprocessing } = config
    const prepared = isLines(config)
      ? prepareLine(await readImage(values.image, 'line'), preprocessing).pieces[0]
      : prepareImage(await readImage(values.image), preprocessing)
    return { data: prepared?.values ?? new Float32Array(), height, width, channels }
  }
  await data.prepareData()
  await data.setup('test')
  const { dataset } = data.testDataLoader()
  const { index = 0 } = values
  if (index >= dataset.length) {
    throw usageError(
      `Option --index: expected a test image below ${dataset.length}, received ${index}.`,
    )
  }
  const x = new Float32Array(height * width * channels)
  const y = new Int32Array(dataset.yShape.reduce((a, b) => a * b, 1))
  dataset.fill([index], x, y, { seed: 42, epoch: 0 })
  return { data: x, height, width, channels }
}
