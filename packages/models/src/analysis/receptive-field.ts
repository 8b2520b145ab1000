import type { ShapedLayer } from './shape-layers.js'
import { windowAxes } from './window-axes.js'

/** What part of the input a unit of a map sees, `[rows, columns]`, in pixels. */
export interface ReceptiveField {
  readonly size: readonly [number, number]
  /** How far the fields of neighbouring units are apart. */
  readonly stride: readonly [number, number]
  /** Where the first unit's field begins; negative reaches into the padding. */
  readonly start: readonly [number, number]
}

const pixel: ReceptiveField = { size: [1, 1], stride: [1, 1], start: [0, 0] }

/**
 * Computes the receptive field of every layer, by name; undefined for those that see all of the input.
 *
 * Where paths of different depth meet it is the field that holds both.
 */
export function receptiveFields(
  layers: readonly ShapedLayer[],
): ReadonlyMap<string, ReceptiveField | undefined> {
  const fields = new Map<string, ReceptiveField | undefined>([['input', pixel]])
  for (const layer of layers) {
    const before = layer.inputs.map((name) => fields.get(name)).reduce(both)
    fields.set(layer.name, before && after(before, layer))
  }
  return fields
}

function after(
  field: ReceptiveField,
  { spec, inputShape }: ShapedLayer,
): ReceptiveField | undefined {
  switch (spec.kind) {
    case 'conv':
    case 'maxPool':
    case 'avgPool': {
      const axes = windowAxes(spec, inputShape)
      const along = (i: 0 | 1) => {
        const { kernel, stride, dilation, before } = axes[i]
        return {
          size: field.size[i] + dilation * (kernel - 1) * field.stride[i],
          stride: field.stride[i] * stride,
          start: field.start[i] - before * field.stride[i],
        }
      }
      const [rows, columns] = [along(0), along(1)]
      return {
        size: [rows.size, columns.size],
        stride: [rows.stride, columns.stride],
        start: [rows.start, columns.start],
      }
    }
    case 'crop': {
      const [[top], [left]] = spec.cropping
      const start = [
        field.start[0] + top * field.stride[0],
        field.start[1] + left * field.stride[1],
      ] as const
      return { ...field, start }
    }
    case 'pad': {
      const [[top], [left]] = spec.padding
      const start = [
        field.start[0] - top * field.stride[0],
        field.start[1] - left * field.stride[1],
      ] as const
      return { ...field, start }
    }
    case 'other':
      return spec.pointwise ? field : undefined
    case 'dense':
    case 'flatten':
    case 'reshape':
    case 'globalAvgPool':
    case 'windows':
      return undefined
    default:
      return field
  }
}

function both(a?: ReceptiveField, b?: ReceptiveField): ReceptiveField | undefined {
  if (!a || !b) return undefined
  const along = (i: 0 | 1) => {
    const start = Math.min(a.start[i], b.start[i])
    const end = Math.max(a.start[i] + a.size[i], b.start[i] + b.size[i])
    return { start, size: end - start }
  }
  const [rows, columns] = [along(0), along(1)]
  return { size: [rows.size, columns.size], stride: a.stride, start: [rows.start, columns.start] }
}
