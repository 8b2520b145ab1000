/** Says how an image is turned, scaled, slanted and shifted about its centre. */
export interface Affine {
  /** Radians, anticlockwise as seen. */
  angle: number
  scale: number
  /** Tangent of the slant. */
  shear: number
  /** Pixels to the right and down. */
  shiftX: number
  shiftY: number
}

/**
 * Maps an image `[height, width]` by an affine transformation about its centre, with linear interpolation; what
 * comes in from outside is `background`.
 */
export function applyAffine(
  from: Float32Array,
  to: Float32Array,
  size: { height: number; width: number },
  affine: Affine,
  background: number,
): void {
  const { height, width } = size
  const [cos, sin] = [Math.cos(affine.angle), Math.sin(affine.angle)]
  // Forward: shear, then turn and scale; here its inverse, since each output pixel asks where it comes from.
  const inverse = 1 / affine.scale
  const xx = (cos + sin * -affine.shear) * inverse
  const xy = (-sin - cos * affine.shear) * inverse
  const yx = sin * inverse
  const yy = cos * inverse
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
  const pixel = (row: number, column: number): number =>
    row < 0 || column < 0 || row >= height || column >= width
      ? background
      : (from[row * width + column] as number)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const dx = column - middleX - affine.shiftX
      const dy = row - middleY - affine.shiftY
      const x = xx * dx + xy * dy + middleX
      const y = yx * dx + yy * dy + middleY
      const left = Math.floor(x) | 0
      const top = Math.floor(y) | 0
      const right = x - left
      const below = y - top
      const at = top * width + left
      // Nearly all pixels lie within, where nothing need be asked of their neighbours.
      const within = left >= 0 && top >= 0 && left < width - 1 && top < height - 1
      const a = within ? (from[at] as number) : pixel(top, left)
      const b = within ? (from[at + 1] as number) : pixel(top, left + 1)
      const c = within ? (from[at + width] as number) : pixel(top + 1, left)
      const d = within ? (from[at + width + 1] as number) : pixel(top + 1, left + 1)
      const upper = a * (1 - right) + b * right
      const lower = c * (1 - right) + d * right
      to[row * width + column] = upper * (1 - below) + lower * below
    }
  }
}
