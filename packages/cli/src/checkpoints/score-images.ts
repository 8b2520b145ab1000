import type { LossName } from '@ductus/training'
import type { LayersModel } from '@tensorflow/tfjs-layers'

/** Images that go through the network at once. */
const chunk = 128

/**
 * Computes a score of every class for each image: probabilities, or the outputs themselves where the loss has no
 * probabilities (mse, huber).
 *
 * @param dims `[height, width, channels]`
 */
export async function scoreImages(
  model: LayersModel,
  images: readonly Float32Array[],
  dims: readonly number[],
  loss: LossName,
): Promise<number[][]> {
  const tf = await import('@tensorflow/tfjs-core')
  const { lossByName } = await import('@ductus/training')
  const criterion = lossByName(loss)
  const rows: number[][] = []
  for (let i = 0; i < images.length; i += chunk) {
    const part = images.slice(i, i + chunk)
    const x = new Float32Array(part.length * (part[0]?.length ?? 0))
    part.forEach((values, k) => x.set(values, k * values.length))
    const scores = tf.tidy(() => {
      const input = tf.tensor(x, [part.length, ...dims])
      return criterion.scores(
        model.apply(input, { training: false }) as ReturnType<typeof tf.tensor2d>,
      )
    })
    rows.push(...((await scores.array()) as number[][]))
    scores.dispose()
  }
  return rows
}
