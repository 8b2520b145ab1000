import { z } from 'zod'
import { zooActivations, type ZooActivation } from './activation-layer.js'

/** Options of the {@link CNN}. */
export interface CNNOptions {
  /** Channels of the first block's convolutions. Defaults to 64. */
  convDim: number
  /** Width of the hidden layer. Defaults to 128. */
  fcDim: number
  /** Share of the pooled values that training drops; 0 leaves the dropout out. Defaults to 0.25. */
  fcDropout: number
  /** Blocks of two convolutions that halve the image. Defaults to 1. */
  numBlocks: number
  /** Adds a block's input to its output. Defaults to false. */
  residual: boolean
  /** Puts batch norm after each convolution. Defaults to false. */
  batchNorm: boolean
  /** How a block halves the image. Defaults to `maxPool`. */
  downsample: 'maxPool' | 'stride'
  /** Defaults to `relu`. */
  activation: ZooActivation
  /** Channels of a block over those of the one before. Defaults to 1. */
  channelGrowth: number
}

export const cnnOptions = z.object({
  convDim: z.int().min(1).default(64).describe("channels of the first block's convolutions"),
  fcDim: z.int().min(1).default(128).describe('width of the hidden layer'),
  fcDropout: z.number().min(0).max(1).default(0.25).describe('dropout after the blocks (0 = none)'),
  numBlocks: z
    .int()
    .min(1)
    .default(1)
    .describe('number of blocks: two convolutions that halve the image'),
  residual: z.boolean().default(false).describe("whether a block's input is added to its output"),
  batchNorm: z.boolean().default(false).describe('whether batch norm follows each convolution'),
  downsample: z
    .enum(['maxPool', 'stride'])
    .default('maxPool')
    .describe('way a block halves the image: pooling, or its last convolution in steps of 2'),
  activation: z.enum(zooActivations).default('relu').describe('activation'),
  channelGrowth: z
    .number()
    .min(1)
    .default(1)
    .describe(
      "channels of a block over those of the one before (4 keeps the maps' memory, 2 is ResNet's)",
    ),
})
