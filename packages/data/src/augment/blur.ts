/** Blurs an image `[height, width]` in place by a Gaussian of `sigma` pixels; its edges are repeated outwards. */
export function blur(
  image: Float32Array,
  size: { height: number; width: number },
  sigma: number,
): void {
  const { height, width } = size
  const reach = Math.ceil(3 * sigma)
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * sigma * sigma)),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  const line = new Float32Array(Math.max(height, width))
  const pass = (start: number, step: number, length: number): void => {
    for (let i = 0; i < length; i++) line[i] = image[start + i * step] as number
    for (let i = 0; i < length; i++) {
      let total = 0
      for (let k = -reach; k <= reach; k++) {
        const at = Math.min(length - 1, Math.max(0, i + k))
        total += (line[at] as number) * (weights[k + reach] as number)
      }
      image[start + i * step] = total / sum
    }
  }
  for (let row = 0; row < height; row++) pass(row * width, 1, width)
  for (let column = 0; column < width; column++) pass(column, width, height)
}
