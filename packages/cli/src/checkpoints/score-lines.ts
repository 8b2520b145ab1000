import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Tensor } from '@tensorflow/tfjs-core'

/** Lines that go through the network at once. */
const chunk = 16

/**
 * Computes the logits of lines: `[steps, classes]` each, row by row.
 *
 * @param dims `[height, width, channels]`
 */
export async function scoreLines(
  model: LayersModel,
  lines: readonly Float32Array[],
  dims: readonly number[],
): Promise<Float32Array[]> {
  const tf = await import('@tensorflow/tfjs-core')
  const scores: Float32Array[] = []
  for (let from = 0; from < lines.length; from += chunk) {
    const part = lines.slice(from, from + chunk)
    const x = new Float32Array(part.length * (part[0]?.length ?? 0))
    part.forEach((values, i) => x.set(values, i * values.length))
    const logits = tf.tidy(
      () => model.apply(tf.tensor(x, [part.length, ...dims]), { training: false }) as Tensor,
    )
    const values = (await logits.data()) as Float32Array
    logits.dispose()
    const size = values.length / part.length
    part.forEach((_, i) => scores.push(values.slice(i * size, (i + 1) * size)))
  }
  return scores
}
