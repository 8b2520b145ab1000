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
  // Of an image that ends in blank columns, as lines do, what comes from there is blank without being worked out.
  const ink = background === 0 && xx > 0 ? inkEnd(from, size) : Infinity
  for (let row = 0; row < height; row++) {
    const dy = row - middleY - affine.shiftY
    const [rowX, rowY] = [xy * dy, yy * dy]
    const last = Math.ceil((ink - rowX - middleX) / xx + middleX + affine.shiftX) + 1
    const end = Math.max(0, Math.min(width, last))
    let at = row * width
    to.fill(0, at + end, at + width)
    for (let column = 0; column < end; column++, at++) {
      const dx = column - middleX - affine.shiftX
      const x = xx * dx + rowX + middleX
      const y = yx * dx + rowY + middleY
      // Nearly all pixels lie within, where nothing need be asked of their neighbours, and cutting off rounds down.
      if (x >= 0 && y >= 0 && x < width - 1 && y < height - 1) {
        const left = x | 0
        const top = y | 0
        const corner = top * width + left
        const a = from[corner] as number
        const b = from[corner + 1] as number
        const c = from[corner + width] as number
        const d = from[corner + width + 1] as number
        to[at] = between(a, b, c, d, x - left, y - top)
      } else {
        const left = Math.floor(x)
        const top = Math.floor(y)
        const [a, b] = [pixel(top, left), pixel(top, left + 1)]
        const [c, d] = [pixel(top + 1, left), pixel(top + 1, left + 1)]
        to[at] = between(a, b, c, d, x - left, y - top)
      }
    }
  }
}

/** Finds the column from which on an image is zero. */
function inkEnd(image: Float32Array, size: { height: number; width: number }): number {
  const { height, width } = size
  let end = 0
  for (let row = 0; row < height; row++) {
    let column = width
    while (column > end && image[row * width + column - 1] === 0) column--
    end = column
  }
  return end
}

/** Gives the value in a square of pixels, a share of the way to the right and down. */
function between(a: number, b: number, c: number, d: number, right: number, below: number): number {
  const upper = a * (1 - right) + b * right
  const lower = c * (1 - right) + d * right
  return upper * (1 - below) + lower * below
}
