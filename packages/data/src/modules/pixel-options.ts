import { z } from 'zod'

const whole = (about: string) => z.number().int().min(0).default(0).describe(about)

/** Options of every module of single images, one by one. */
export const pixelFields = {
  pixelScale: z
    .number()
    .refine((value) => value === 255 || value === 256, 'expected 255 or 256')
    .default(255)
    .describe('A byte is divided by this: 255 or 256'),
  first: whole('Train on the first n training images in file order; 0 = all'),
  resize: whole('Side in pixels that images are brought to; 0 = 28, as they are'),
}

/** Says how single images become numbers. */
export interface PixelOptions {
  /** A byte is divided by this: 255 or 256. Defaults to 255. */
  pixelScale: number
  /** Trains on the first n images in file order; 0 = all. Defaults to 0. */
  first: number
  /** Side in pixels that images are brought to; 0 = as they are. Defaults to 0. */
  resize: number
}
