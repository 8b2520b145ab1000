import { z } from 'zod'
import { isPlainName } from '../files/plain-name.js'
import { anyRecord, count, fileName } from '../files/state-schema.js'
import { loopStateSchema } from '../loops/loop-state.js'
import { checkpointFormat, type CheckpointManifest } from './checkpoint-manifest.js'

const dims = z.array(z.int().positive())
const dataConfig = z
  .looseObject({
    name: z.string(),
    inputDims: dims,
    outputDims: dims,
    mapping: z.array(z.string()),
    preprocessing: anyRecord,
  })
  .partial()
  .nullable()

const storedTensor = z
  .object({
    name: z.string(),
    slot: z.string().optional(),
    model: z.string().optional(),
    dtype: z.enum(['float32', 'int32']),
    shape: z.array(count),
    offset: count,
    length: count,
  })
  .refine(({ shape, length }) => length === 4 * shape.reduce((size, side) => size * side, 1), {
    path: ['length'],
    message: 'expected 4 bytes for each value of its shape',
  })
const weight = storedTensor.refine(({ slot }) => slot === undefined, 'expected a weight')
const ofModel = storedTensor.refine(({ model }) => model !== undefined, {
  path: ['model'],
  message: 'expected the name of a model',
})

/** A file's path in the checkpoint: plain names with `/` between. */
const filePath = z.custom<string>(
  (value) => typeof value === 'string' && value.split('/').every(isPlainName),
  'expected a path inside the folder',
)

/** What the content of `checkpoint.json` must look like; files and tensors are checked against each other apart. */
export const manifestSchema = z.object({
  format: z.literal(checkpointFormat.format),
  version: z.literal(checkpointFormat.version),
  loop: loopStateSchema,
  models: z.record(
    fileName,
    z.object({
      name: z.string().nullable(),
      options: anyRecord,
      config: dataConfig,
      seed: z.number().nullable(),
      source: z.string().nullable(),
      file: z.string().nullable(),
      weights: z.array(weight),
    }),
  ),
  optimizers: z.record(
    z.string(),
    z.object({
      name: z.string(),
      hyper: anyRecord,
      t: count,
      learningRate: z.number(),
      momentum: z.number().nullable(),
      slots: z.array(
        ofModel.refine(({ slot }) => slot !== undefined, {
          path: ['slot'],
          message: 'expected the name of a slot',
        }),
      ),
    }),
  ),
  gradients: z.array(ofModel),
  callbacks: anyRecord,
  callbackTensors: z.record(z.string(), z.array(weight)),
  loggers: anyRecord,
  module: z.object({ name: z.string(), hparams: anyRecord, state: z.unknown() }),
  hparams: anyRecord,
  data: dataConfig,
  seed: z.number(),
  software: z.object({
    ductus: z.string(),
    tensorflow: z.string(),
    node: z.string(),
    platform: z.string(),
    backend: z.string(),
    instructionSet: z.string().nullable(),
  }),
  files: z.record(filePath, z.object({ bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
} satisfies Record<keyof CheckpointManifest, z.ZodType>)
