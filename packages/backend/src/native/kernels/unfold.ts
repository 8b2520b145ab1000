import type { TensorInfo } from '@tensorflow/tfjs-core'
import type { UnfoldAttributes } from '../../ops/unfold-kernels.js'
import { allFloat, type KernelCall, type KernelTable } from '../native-kernel.js'

/** Copies in JavaScript: one pass over memory that was just made, and small beside the product that follows. */
function unfold({
  inputs: { x },
  attrs,
  backend,
}: KernelCall<{ x: TensorInfo }, UnfoldAttributes>): TensorInfo | undefined {
  if (!allFloat(x)) return undefined
  const [batch, , , channels] = x.shape as [number, number, number, number]
  const run = attrs.kernel[1] * channels
  const y = backend.output([batch, ...attrs.windows, attrs.kernel[0] * run])
  const [from, to] = [backend.floats(x), backend.floats(y)]
  const { starts, firsts, lasts, step } = windowRuns(attrs, channels)
  eachWindowRow(batch, channels, attrs, (place, line, column) => {
    const first = line < 0 ? run : firsts[column]!
    const last = line < 0 ? run : lasts[column]!
    for (let i = 0; i < first; i++) to[place + i] = 0
    if (step === channels) {
      const at = line + starts[column]!
      for (let i = first; i < last; i++) to[place + i] = from[at + i]!
    } else {
      for (let i = first; i < last; i += channels) {
        const at = line + starts[column]! + (i / channels) * step
        for (let c = 0; c < channels; c++) to[place + i + c] = from[at + c]!
      }
    }
    for (let i = last; i < run; i++) to[place + i] = 0
  })
  return y
}

function fold({
  inputs: { patches },
  attrs,
  backend,
}: KernelCall<{ patches: TensorInfo }, UnfoldAttributes>): TensorInfo | undefined {
  if (!allFloat(patches)) return undefined
  const batch = patches.shape[0]!
  const channels = patches.shape[3]! / (attrs.kernel[0] * attrs.kernel[1])
  const y = backend.output([batch, ...attrs.size, channels])
  const [from, to] = [backend.floats(patches), backend.floats(y)]
  to.fill(0)
  const { starts, firsts, lasts, step } = windowRuns(attrs, channels)
  eachWindowRow(batch, channels, attrs, (place, line, column) => {
    if (line < 0) return
    const last = lasts[column]!
    for (let i = firsts[column]!; i < last; i += channels) {
      const at = line + starts[column]! + (i / channels) * step
      for (let c = 0; c < channels; c++) to[at + c]! += from[place + i + c]!
    }
  })
  return y
}

/**
 * Says for each window of a row where its values start in the image's row (before it, where it sticks out), and which
 * of them, from first to last, lie inside the image; neighbouring taps are `step` values apart.
 */
function windowRuns(
  { kernel, strides, padding, dilation, size, windows }: UnfoldAttributes,
  channels: number,
) {
  const columns = Array.from(
    { length: windows[1] },
    (_, column) => column * strides[1] - padding[1],
  )
  const taps = (room: number) =>
    Math.min(kernel[1], Math.max(0, Math.ceil(room / dilation[1]))) * channels
  const lasts = columns.map((left) => taps(size[1] - left))
  return {
    starts: columns.map((left) => left * channels),
    firsts: columns.map((left, i) => Math.min(taps(-left), lasts[i]!)),
    lasts,
    step: dilation[1] * channels,
  }
}

/** Calls for each row of each window: its place among the patches, its image row's place or −1 outside, its column. */
function eachWindowRow(
  batch: number,
  channels: number,
  { kernel, strides, padding, dilation, size, windows }: UnfoldAttributes,
  call: (place: number, line: number, column: number) => void,
): void {
  const run = kernel[1] * channels
  let place = 0
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < windows[0]; row++) {
      for (let column = 0; column < windows[1]; column++) {
        for (let i = 0; i < kernel[0]; i++, place += run) {
          const y = row * strides[0] - padding[0] + i * dilation[0]
          const inside = y >= 0 && y < size[0]
          call(place, inside ? (image * size[0] + y) * size[1] * channels : -1, column)
        }
      }
    }
  }
}

export const unfoldKernels: KernelTable = { DuctusUnfold: unfold, DuctusFold: fold }
