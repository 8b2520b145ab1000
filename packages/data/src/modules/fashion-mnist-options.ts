import { mnistLikeSchema } from './mnist-like-options.js'

/** Checks FashionMNIST's options. */
export const fashionMnistOptions = mnistLikeSchema({
  trainSize: 50_000,
  valSize: 10_000,
  normalize: false,
  stats: '0.2860, 0.3530',
})
