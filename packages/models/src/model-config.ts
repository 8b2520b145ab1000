import { ModelError } from './model-error.js'

/**
 * All that a model needs to know of its data: the images' size and what its classes are called. The `config()` of
 * any data module of `@ductus/data` is one; more fields do no harm and travel with the model.
 */
export interface ModelConfig {
  /** `[height, width, channels]` of one image, in pixels. */
  readonly inputDims: readonly number[]
  /** Shape of one label: `[1]` for a class, `[length]` for a line of characters. Defaults to `[1]`. */
  readonly outputDims?: readonly number[] | undefined
  /** Character or name of each class, in order; its length is the number of classes. */
  readonly mapping: readonly string[]
}

/** Checks what a caller gave as config, and says what was expected instead. */
export function checkConfig(model: string, config: ModelConfig): void {
  const dims: unknown = (config as Partial<ModelConfig> | undefined)?.inputDims
  if (!Array.isArray(dims) || dims.length !== 3 || !dims.every(isSize)) {
    throw new ModelError(
      'BAD_CONFIG',
      `${model}: expected inputDims as [height, width, channels], received ${show(dims)}. ` +
        'Pass the config() of a data module, or such an object of your own.',
    )
  }
  const mapping: unknown = config.mapping
  if (!Array.isArray(mapping) || mapping.length === 0) {
    throw new ModelError(
      'BAD_CONFIG',
      `${model}: expected mapping as the list of the classes' names, received ${show(mapping)}. ` +
        'Pass the config() of a data module, or such an object of your own.',
    )
  }
}

/** Writes a value as an error message shows it. */
export function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

function isSize(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) > 0
}
