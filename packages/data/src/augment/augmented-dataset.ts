import { sizeOf, type Dataset, type FillContext } from '../datasets/dataset.js'
import { keyedRandom, type Random } from '../random/keyed-random.js'
import type { DatasetRecipe } from '../workers/dataset-recipe.js'
import { applyAffine, type Affine } from './affine.js'
import type { AugmentOptions } from './augment-options.js'
import { blur } from './blur.js'

/** Says what value no ink and full ink have in a dataset's images. */
export interface InkRange {
  background: number
  ink: number
}

/**
 * Varies the images `[height, width, 1]` of another dataset as they are served: affine, brightness and contrast, blur, noise,
 * in this order, within the range from background to ink. What is done to an image is a function of seed, epoch
 * and index alone.
 */
export class AugmentedDataset implements Dataset {
  readonly length: number
  readonly xShape: readonly number[]
  readonly yShape: readonly number[]
  readonly yDtype: 'int32' | 'float32'
  readonly overwrites: boolean
  readonly #dataset: Dataset
  readonly #options: AugmentOptions
  readonly #range: InkRange
  readonly #scratch: Float32Array

  constructor(dataset: Dataset, options: AugmentOptions, range: InkRange) {
    this.#dataset = dataset
    this.#options = options
    this.#range = range
    this.length = dataset.length
    this.xShape = dataset.xShape
    this.yShape = dataset.yShape
    this.yDtype = dataset.yDtype ?? 'int32'
    this.overwrites = dataset.overwrites ?? false
    this.#scratch = new Float32Array(sizeOf(dataset.xShape))
  }

  fill(
    indices: ArrayLike<number>,
    x: Float32Array,
    y: Int32Array | Float32Array,
    context: FillContext,
  ): void {
    this.#dataset.fill(indices, x, y, context)
    const size = sizeOf(this.xShape)
    for (let i = 0; i < indices.length; i++) {
      const random = keyedRandom(context.seed, 'augment', context.epoch, indices[i] as number)
      this.#vary(x.subarray(i * size, (i + 1) * size), random)
    }
  }

  newInputs(samples: number): Float32Array | undefined {
    return this.#dataset.newInputs?.(samples)
  }

  recipe(): DatasetRecipe | undefined {
    const dataset = this.#dataset.recipe?.()
    if (dataset === undefined) return undefined
    const options = { dataset, augment: this.#options, range: this.#range }
    return { exportName: 'augmentedDataset', options }
  }

  #vary(image: Float32Array, random: Random): void {
    const { background, ink } = this.#range
    const options = this.#options
    const [height = 1, width = 1] = this.xShape
    const size = { height, width }
    const affine = drawAffine(options, random)
    const gain = 1 + around(options.augmentContrast, random)
    const shift = around(options.augmentBrightness, random) * (ink - background)
    const sigma = options.augmentBlur * random()
    const noise = options.augmentNoise * random() * (ink - background)
    if (affine !== undefined) {
      this.#scratch.set(image)
      applyAffine(this.#scratch, image, size, affine, background)
    }
    if (gain !== 1 || shift !== 0) {
      const middle = (background + ink) / 2
      for (let i = 0; i < image.length; i++) {
        image[i] = ((image[i] as number) - middle) * gain + middle + shift
      }
    }
    if (sigma > 0.1) blur(image, size, sigma)
    if (noise > 0) {
      for (let i = 0; i < image.length; i++)
        image[i] = (image[i] as number) + noise * gaussian(random)
    }
    // Mixing pixels, as turning and blurring do, leaves no range.
    if (gain !== 1 || shift !== 0 || noise > 0) clamp(image, background, ink)
  }
}

function clamp(image: Float32Array, low: number, high: number): void {
  for (let i = 0; i < image.length; i++) {
    const value = image[i] as number
    if (value < low) image[i] = low
    else if (value > high) image[i] = high
  }
}

/** Wraps a training set when any of the options is on. */
export function augmented(dataset: Dataset, options: AugmentOptions, range: InkRange): Dataset {
  const on = Object.entries(options).some(([key, value]) => key.startsWith('augment') && value > 0)
  return on ? new AugmentedDataset(dataset, options, range) : dataset
}

function drawAffine(options: AugmentOptions, random: Random): Affine | undefined {
  const { augmentRotate, augmentScale, augmentTranslate, augmentShear } = options
  const affine = {
    angle: (around(augmentRotate, random) * Math.PI) / 180,
    scale: 1 + around(augmentScale, random),
    shear: Math.tan((around(augmentShear, random) * Math.PI) / 180),
    shiftX: around(augmentTranslate, random),
    shiftY: around(augmentTranslate, random),
  }
  const any = augmentRotate + augmentScale + augmentTranslate + augmentShear
  return any > 0 ? affine : undefined
}

/** Draws from −amount to amount. */
function around(amount: number, random: Random): number {
  return amount * (2 * random() - 1)
}

/** Draws from the normal distribution (Box and Muller). */
function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
