/**
 * Reorders the axes of row-major numbers: axis i of the result is axis `order[i]` of the source.
 *
 * @param shape of the source
 */
export function permute(
  values: ArrayLike<number>,
  shape: readonly number[],
  order: readonly number[],
): Float32Array<ArrayBuffer> {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
  const sizes = order.map((axis) => shape[axis]!)
  const steps = order.map((axis) => strides[axis]!)
  const result = new Float32Array(values.length)
  const place = new Array<number>(order.length).fill(0)
  let from = 0
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!
    for (let axis = order.length - 1; axis >= 0; axis--) {
      from += steps[axis]!
      place[axis]!++
      if (place[axis]! < sizes[axis]!) break
      from -= steps[axis]! * sizes[axis]!
      place[axis] = 0
    }
  }
  return result
}
