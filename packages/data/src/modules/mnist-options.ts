import { mnistLikeSchema } from './mnist-like-options.js'

/** Checks MNIST's options; the lab's defaults. */
export const mnistOptions = mnistLikeSchema({
  trainSize: 55_000,
  valSize: 5_000,
  normalize: true,
  stats: '0.1307, 0.3081',
})
