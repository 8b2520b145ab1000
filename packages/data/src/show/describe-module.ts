import type { DataModule } from '../modules/data-module.js'
import type { DataLoader } from '../loader/data-loader.js'
import { statsOf, type ArrayStats } from './stats.js'

/** Writes what a data module holds: classes, mapping, dims; after `setup` also sizes and the stats of a batch. */
export function describeModule(module: DataModule, extra: readonly string[] = []): string {
  const { name, mapping, inputDims, outputDims } = module.config()
  const lines = [
    `${name}`,
    `Classes: ${mapping.length}`,
    `Mapping: ${mapping.map((character) => JSON.stringify(character)).join(' ')}`,
    `Input dims: [${inputDims.join(', ')}]`,
    `Output dims: [${outputDims.join(', ')}]`,
    ...extra,
  ]
  const train = loaderOf(() => module.trainDataLoader())
  const val = loaderOf(() => module.valDataLoader())
  const test = loaderOf(() => module.testDataLoader())
  const sizes = [train, val, test].map((loader) => loader?.dataset.length ?? 'not set up')
  lines.push(`Train / validation / test sizes: ${sizes.join(' / ')}`)
  const shown = train ?? test
  if (shown !== undefined && shown.length > 0) {
    const batch = shown.batch(0, 0)
    lines.push(
      `Batch x: ${line(statsOf(batch.x, batch.xShape))}`,
      `Batch y: ${line(statsOf(batch.y, batch.yShape))}`,
    )
  }
  return lines.join('\n')
}

function loaderOf(get: () => DataLoader): DataLoader | undefined {
  try {
    return get()
  } catch {
    return undefined
  }
}

function line({ shape, dtype, min, mean, std, max }: ArrayStats): string {
  const [low, middle, deviation, high] = [min, mean, std, max].map((n) => Number(n.toFixed(4)))
  return `[${shape.join(', ')}] ${dtype}, min ${low}, mean ${middle}, std ${deviation}, max ${high}`
}
