import type * as tfl from '@tensorflow/tfjs-layers'
import type { ZodObject, output } from 'zod'
import { callerLocation } from './caller-location.js'
import { checkInput } from './check-input.js'
import { checkLayerNames } from './check-layer-names.js'
import { keyedLayers, type KeyedLayers } from './layers/keyed-layers.js'
import { checkConfig, type ModelConfig } from './model-config.js'
import { ModelError } from './model-error.js'
import { modelKey, type ModelInfo } from './model-info.js'
import { parseOptions } from './parse-options.js'
import { stockArtifacts } from './stock/stock-artifacts.js'

/** Key under which a definition is known; the same in every copy of this package. */
export const modelDefinitionKey: unique symbol = Symbol.for('ductus.modelDefinition') as never

/** What `build` gets besides the data's config and the options. */
export interface BuildContext {
  /** Seed of everything random in the network. */
  readonly seed: number
  /** Makes layers keyed by that seed. */
  readonly layers: KeyedLayers
}

/** What {@link defineModel} takes. */
export interface ModelSpec<Schema extends ZodObject> {
  /** Name that commands and checkpoints know it by, such as `CNN`. */
  readonly name: string
  /** What it is, in a line. */
  readonly summary: string
  /** Paper or course that describes it. */
  readonly source: string
  /** Source file. Defaults to the file and line that call `defineModel`. */
  readonly file?: string
  /** Schema of its options: camelCase names, each with a default and a `.describe()` text. */
  readonly options: Schema
  /** Builds the network. Every layer gets a name. */
  build(config: ModelConfig, options: output<Schema>, context: BuildContext): tfl.LayersModel
}

/** Options as a caller gives them: all may be left out. */
export type PartialOptions<Options> = { [Key in keyof Options]?: Options[Key] | undefined }

/** Makes models: options in, a `tf.LayersModel` out. */
export interface ModelDefinition<Options = Record<string, unknown>> {
  /**
   * Builds a model for data of the given config, on the backend that runs now.
   *
   * @throws ModelError for an option, a config or an input size that doesn't fit
   */
  (
    config: ModelConfig,
    options?: PartialOptions<Options>,
    context?: { readonly seed?: number | undefined },
  ): tfl.LayersModel
  readonly modelName: string
  readonly summary: string
  readonly source: string
  readonly file: string
  readonly options: ZodObject
  readonly [modelDefinitionKey]: true
}

/**
 * Defines a model: a name, a schema of its options, and a function that builds the network.
 *
 * @example
 * const Tiny = defineModel({
 *   name: 'Tiny',
 *   summary: 'One hidden layer',
 *   source: 'an example',
 *   options: z.object({ units: z.int().positive().default(32).describe('width of the hidden layer') }),
 *   build(config, { units }, { layers }) {
 *     const input = layers.input(config.inputDims)
 *     const logits = through(
 *       input,
 *       layers.flatten({ name: 'flatten' }),
 *       layers.dense({ name: 'fc1', units, activation: 'relu' }),
 *       layers.dense({ name: 'fc2', units: config.mapping.length }),
 *     )
 *     return tf.model({ inputs: input, outputs: logits })
 *   },
 * })
 * const model = Tiny({ inputDims: [28, 28, 1], mapping: [...'0123456789'] }, { units: 64 })
 */
export function defineModel<Schema extends ZodObject>(
  spec: ModelSpec<Schema>,
): ModelDefinition<output<Schema>> {
  checkSpec(spec)
  const file = spec.file ?? callerLocation(defineModel)
  const make: ModelDefinition<output<Schema>> = Object.assign(
    (
      config: ModelConfig,
      given: object = {},
      { seed = 42 }: { seed?: number | undefined } = {},
    ) => {
      checkConfig(spec.name, config)
      const options = parseOptions(spec.name, spec.options, given)
      const model = build(spec, config, options, seed)
      checkLayerNames(spec.name, model)
      checkInput(spec.name, model)
      model.name = spec.name
      const info: ModelInfo = {
        name: spec.name,
        options,
        config,
        seed,
        source: spec.source,
        file,
        stockArtifacts: () => stockArtifacts(model),
      }
      return Object.defineProperty(model, modelKey, { value: info })
    },
    {
      modelName: spec.name,
      summary: spec.summary,
      source: spec.source,
      file,
      options: spec.options,
      [modelDefinitionKey]: true as const,
    },
  )
  return Object.defineProperty(make, 'name', { value: spec.name })
}

/** Says whether a value is a model definition, whichever copy of this package made it. */
export function isModelDefinition(value: unknown): value is ModelDefinition {
  return typeof value === 'function' && modelDefinitionKey in value
}

function build<Schema extends ZodObject>(
  spec: ModelSpec<Schema>,
  config: ModelConfig,
  options: output<Schema>,
  seed: number,
): tfl.LayersModel {
  try {
    return spec.build(config, options, { seed, layers: keyedLayers(seed) })
  } catch (cause) {
    if (cause instanceof ModelError) {
      throw new ModelError(cause.code, `${spec.name}: ${cause.message}`, { cause })
    }
    if (cause instanceof Error && cause.message.startsWith('No backend found in registry')) {
      throw new ModelError(
        'NO_BACKEND',
        `${spec.name}: expected a running backend, received none. ` +
          "Call `await useBackend('auto')` of @ductus/backend before you build a model.",
        { cause },
      )
    }
    throw cause
  }
}

function checkSpec(spec: ModelSpec<ZodObject>): void {
  for (const [key, type] of [
    ['name', 'string'],
    ['summary', 'string'],
    ['source', 'string'],
    ['build', 'function'],
    ['options', 'object'],
  ] as const) {
    if (typeof spec[key] === type) continue
    throw new ModelError(
      'BAD_DEFINITION',
      `defineModel: expected ${key} as ${type}, received ${typeof spec[key]}. ` +
        'Give { name, summary, source, options, build }.',
    )
  }
}
